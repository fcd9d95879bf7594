//! A table with aligned columns, whose cells wrap where the terminal is too narrow.

use anstyle::Style;

use super::super::terminal::{BOLD, DIM, Look};
use super::super::words::Words;

/// Blanks between two columns.
const GAP: usize = 2;

/// Rows of cells; the first is the head.
#[derive(Debug, Default)]
pub struct Table {
    pub rows: Vec<Vec<Words>>,
}

impl Table {
    /// The lines of the table in at most `width` columns, where that can be.
    pub fn lines(&self, width: usize, look: Look) -> Vec<String> {
        let widths = self.widths(width);
        let cells = |row: &Vec<Words>| -> Vec<Vec<(String, usize)>> {
            let cells = row.iter().zip(&widths);
            cells
                .map(|(cell, width)| cell.lines(*width, look))
                .collect()
        };
        let rows: Vec<_> = self.rows.iter().map(cells).collect();
        let height = |row: &Vec<Vec<(String, usize)>>| row.iter().map(Vec::len).max().unwrap_or(0);
        let is_tall = rows.iter().skip(1).any(|row| height(row) > 1);
        let mut lines = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            if is_tall && at > 1 {
                lines.push(String::new());
            }
            for line in 0..height(row) {
                lines.push(one_line(row, line, &widths));
            }
            if at == 0 {
                let rules = widths.iter().map(|width| "─".repeat(*width));
                let rules: Vec<_> = rules.collect();
                lines.push(look.paint(DIM, &rules.join(&" ".repeat(GAP))));
            }
        }
        lines
    }

    /// The widths of the columns: as wide as they want to be, or what is left for the widest of them.
    fn widths(&self, width: usize) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let most = |of: fn(&Words) -> usize, column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(of).max().unwrap_or(0)
        };
        let mut widths: Vec<usize> = (0..columns).map(|at| most(Words::width, at)).collect();
        let least: Vec<usize> = (0..columns).map(|at| most(Words::longest, at)).collect();
        let room = width.saturating_sub(GAP * columns.saturating_sub(1));
        while widths.iter().sum::<usize>() > room {
            let can_shrink = (0..columns).filter(|at| widths[*at] > least[*at]);
            let Some(widest) = can_shrink.max_by_key(|at| widths[*at]) else {
                break;
            };
            widths[widest] -= 1;
        }
        widths
    }
}

fn one_line(row: &[Vec<(String, usize)>], line: usize, widths: &[usize]) -> String {
    let mut text = String::new();
    let mut missing = 0;
    for (cell, width) in row.iter().zip(widths) {
        let (part, used) = cell.get(line).map_or(("", 0), |(part, used)| (part, *used));
        if !part.is_empty() {
            text.push_str(&" ".repeat(missing));
            text.push_str(part);
            missing = 0;
        } else {
            missing += used;
        }
        missing += width.saturating_sub(used) + GAP;
    }
    text
}

/// The style of a cell of the head.
pub const HEAD: Style = BOLD;

#[cfg(test)]
mod tests {
    use super::{Look, Style, Table, Words};

    fn table(rows: &[[&str; 2]]) -> Table {
        let cell = |text: &&str| {
            let mut words = Words::default();
            words.push(Style::new(), text);
            words
        };
        let row = |row: &[&str; 2]| row.iter().map(cell).collect();
        Table {
            rows: rows.iter().map(row).collect(),
        }
    }

    #[test]
    fn columns_stand_below_each_other() {
        let table = table(&[["a", "what it is"], ["long", "b"], ["", "c"]]);
        assert_eq!(
            table.lines(40, Look::Visible),
            ["a     what it is", "────  ──────────", "long  b", "      c"]
        );
    }

    #[test]
    fn the_widest_column_wraps() {
        let table = table(&[["a", "b"], ["one", "many words in a cell"], ["two", "x"]]);
        assert_eq!(
            table.lines(17, Look::Visible),
            [
                "a    b",
                "───  ────────────",
                "one  many words",
                "     in a cell",
                "",
                "two  x"
            ]
        );
    }
}
