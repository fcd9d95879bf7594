//! What is known of libraries holds together.

use super::table::{Number, Table};

#[test]
fn the_table_can_be_read() {
    let table = Table::shipped();
    assert_eq!(table.fault, None);
    assert!(table.client.contains_key("httpx") && table.client.contains_key("aiohttp"));
}

#[test]
fn functions_are_found_by_their_names() {
    let table = Table::shipped();
    assert_eq!(table.row("requests.get").unwrap().argument, "timeout");
    let redis = table.row("redis.Redis").unwrap();
    assert_eq!((redis.value, redis.position), (Number::Redis, Some(4)));
    assert!(redis.why.is_some());
    assert!(table.row("shop.get").is_none());
    assert!(table.last_names().contains(&"urlopen"));
}

#[test]
fn what_a_user_adds_is_never_safe() {
    let table = Table::with(&["vendor.fetch".to_owned()]);
    assert!(table.row("vendor.fetch").unwrap().why.is_some());
}

#[test]
fn what_a_call_does_without_is_said() {
    let table = Table::shipped();
    let without = |name: &str| table.row(name).unwrap().without.as_deref();
    let model = Some("it waits up to 10 minutes, and tries again");
    assert_eq!(without("openai.OpenAI"), model);
    assert_eq!(without("openai.AsyncAzureOpenAI"), model);
    assert!(without("litellm.completion").is_some());
    assert_eq!(without("requests.get"), None);
}
