//! The pairs of metadata that a query asks for, read in either of the forms that callers write.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};

type Pairs = BTreeSet<(String, String)>;

/// Reads an array of pairs, which is what a query writes, or an object, which is what the metadata of a
/// session looks like and people therefore try first.
pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Pairs, D::Error> {
    deserializer.deserialize_any(PairsVisitor)
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("metadata as an object of strings or an array of pairs of strings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
        let mut pairs = Pairs::new();
        while let Some(pair) = map.next_entry()? {
            pairs.insert(pair);
        }
        Ok(pairs)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Pairs, A::Error> {
        let mut pairs = Pairs::new();
        while let Some(pair) = seq.next_element()? {
            pairs.insert(pair);
        }
        Ok(pairs)
    }
}
