//! A dict whose keys are constants in the code: which keys it has on which paths, in which order, and their shapes.

use super::shape::Shape;

/// So many different sets of keys are followed; more are no longer one shape.
const ORDERS: usize = 64;

/// Nobody writes a model of more fields, and each is compared with all others.
pub(super) const KEYS: usize = 200;

/// A dict with constant keys.
#[derive(Clone, PartialEq)]
pub(super) struct Record<'db> {
    /// Every key that it may have, with its shape, in the order of their first appearance.
    fields: Vec<(String, Shape<'db>)>,
    /// The keys that it has on each path, in the order of the dict.
    orders: Vec<Vec<String>>,
}

impl<'db> Record<'db> {
    /// A dict literal. A repeated key keeps its place and takes the later value.
    pub(super) fn new(items: impl IntoIterator<Item = (String, Shape<'db>)>) -> Self {
        let mut record = Self {
            fields: Vec::new(),
            orders: vec![Vec::new()],
        };
        for (key, shape) in items {
            record.set(&key, shape);
        }
        record
    }

    /// `record[key] = value` on every path.
    pub(super) fn set(&mut self, key: &str, shape: Shape<'db>) {
        match self.fields.iter_mut().find(|(own, _)| own == key) {
            Some((_, own)) => *own = shape,
            None => self.fields.push((key.to_owned(), shape)),
        }
        for order in &mut self.orders {
            if !order.iter().any(|own| own == key) {
                order.push(key.to_owned());
            }
        }
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &Shape<'db>)> {
        self.fields.iter().map(|(key, shape)| (&**key, shape))
    }

    pub(super) fn get(&self, key: &str) -> Option<&Shape<'db>> {
        self.fields()
            .find(|(own, _)| *own == key)
            .map(|(_, shape)| shape)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Whether some path leaves the key out.
    pub(super) fn may_lack(&self, key: &str) -> bool {
        self.orders
            .iter()
            .any(|order| order.iter().all(|own| own != key))
    }

    /// Whether some path leaves any key out, here or in a dict inside.
    pub(super) fn has_optional_keys(&self) -> bool {
        self.fields().any(|(key, _)| self.may_lack(key))
    }

    /// A dict that has the keys of the one or of the other.
    pub(super) fn merge(&self, other: &Self) -> Shape<'db> {
        let mut merged = self.clone();
        for (key, shape) in &other.fields {
            match merged.fields.iter_mut().find(|(own, _)| own == key) {
                Some((_, own)) => {
                    let joined = own.clone().join(shape.clone());
                    if let Shape::Unknown(_) | Shape::Unfit(_) = joined {
                        *own = joined;
                        continue;
                    }
                    *own = joined;
                }
                None => merged.fields.push((key.clone(), shape.clone())),
            }
        }
        for order in &other.orders {
            if !merged.orders.contains(order) {
                merged.orders.push(order.clone());
            }
        }
        match merged.orders.len() > ORDERS {
            true => Shape::unknown("the dict has too many different sets of keys"),
            false => Shape::Record(merged),
        }
    }

    /// All keys in one order that every path agrees with, so that the JSON of each keeps the order of its keys. `None`
    /// when there is none.
    pub(super) fn ordered(&self) -> Option<Vec<(&str, &Shape<'db>)>> {
        let mut waiting: Vec<_> = self.fields().collect();
        let mut placed = Vec::new();
        while !waiting.is_empty() {
            let next = waiting.iter().position(|(key, _)| {
                self.orders.iter().all(|order| {
                    let at = order.iter().position(|own| own == key);
                    at.is_none_or(|at| {
                        order[..at]
                            .iter()
                            .all(|before| !waiting.iter().any(|(waits, _)| waits == before))
                    })
                })
            })?;
            placed.push(waiting.remove(next));
        }
        Some(placed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(keys: &[&str]) -> Record<'static> {
        Record::new(keys.iter().map(|key| ((*key).to_owned(), Shape::Int)))
    }

    fn merged(first: &[&str], second: &[&str]) -> Record<'static> {
        match record(first).merge(&record(second)) {
            Shape::Record(record) => record,
            _ => panic!("no record"),
        }
    }

    fn keys(record: &Record<'_>) -> Option<Vec<String>> {
        let ordered = record.ordered()?;
        Some(ordered.into_iter().map(|(key, _)| key.to_owned()).collect())
    }

    #[test]
    fn keys_keep_an_order_that_all_paths_agree_with() {
        let joined = merged(&["id", "result"], &["id", "error", "result"]);
        assert_eq!(keys(&joined).unwrap(), ["id", "error", "result"]);
        assert!(joined.may_lack("error") && !joined.may_lack("id"));
        assert_eq!(keys(&merged(&["a", "b"], &["b", "a"])), None);
    }

    #[test]
    fn a_repeated_key_keeps_its_place() {
        let mut repeated = record(&["a", "b"]);
        repeated.set("a", Shape::Str);
        assert_eq!(keys(&repeated).unwrap(), ["a", "b"]);
        assert!(repeated.get("a") == Some(&Shape::Str));
    }
}
