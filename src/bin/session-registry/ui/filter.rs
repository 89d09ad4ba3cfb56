//! Which sessions fit what was typed, how well, and where.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// What of a session is searched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Texts {
    pub(super) name: String,
    pub(super) project: String,
    pub(super) tags: String,
    pub(super) aliases: String,
}

/// Where its texts fit: the numbers of their characters, as one sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hits {
    pub(super) name: Vec<u32>,
    pub(super) project: Vec<u32>,
    pub(super) tags: Vec<u32>,
}

/// Words, each of which one of the texts must fit.
pub(super) struct Filter {
    text: String,
    pattern: Pattern,
    matcher: Matcher,
}

impl Default for Filter {
    fn default() -> Self {
        let mut config = Config::DEFAULT;
        config.set_match_paths();
        Self {
            text: String::new(),
            pattern: Pattern::default(),
            matcher: Matcher::new(config),
        }
    }
}

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Filter").field(&self.text).finish()
    }
}

impl Filter {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn set(&mut self, text: String) {
        self.pattern
            .reparse(&text, CaseMatching::Smart, Normalization::Smart);
        self.text = text;
    }

    /// How well the texts fit, and where; `None` if they do not.
    pub(super) fn fit(&mut self, texts: &Texts) -> Option<(u32, Hits)> {
        let mut hits = Hits::default();
        let mut unseen = Vec::new();
        let mut score = 0;
        for atom in &self.pattern.atoms {
            let fields = [
                (&texts.name, &mut hits.name, 2),
                (&texts.project, &mut hits.project, 1),
                (&texts.tags, &mut hits.tags, 1),
                (&texts.aliases, &mut unseen, 1),
            ];
            let mut best = None;
            for (text, hits, weight) in fields {
                let mut buffer = Vec::new();
                let text = Utf32Str::new(text, &mut buffer);
                match atom.indices(text, &mut self.matcher, hits) {
                    Some(found) => best = best.max(Some(u32::from(found) * weight)),
                    // What must not be there must be nowhere.
                    None if atom.negative => return None,
                    None => {}
                }
            }
            score += best?;
        }
        Some((score, hits))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn texts() -> Texts {
        Texts {
            name: "Fix the parser".to_owned(),
            project: "~/src/parser".to_owned(),
            tags: "review, größe".to_owned(),
            aliases: "claude:7f3a".to_owned(),
        }
    }

    fn fit(text: &str) -> Option<Hits> {
        let mut filter = Filter::default();
        filter.set(text.to_owned());
        filter.fit(&texts()).map(|(_, hits)| hits)
    }

    #[test]
    fn every_word_must_fit_one_of_the_texts() {
        for text in [
            "",
            "parser",
            "fixprs",
            "fix rev",
            "7f3a",
            "grosse".get(..3).unwrap(),
            "par src",
        ] {
            assert!(fit(text).is_some(), "{text}");
        }
        for text in ["parserx", "fix nothing", "!parser", "Parser"] {
            assert_eq!(fit(text), None, "{text}");
        }
        assert!(fit("!docs").is_some());
    }

    #[test]
    fn it_is_known_where_a_text_fits() {
        let hits = fit("fix").unwrap();
        assert_eq!(hits.name, [0, 1, 2]);
        assert_eq!((hits.project, hits.tags), (vec![], vec![]));
        assert_eq!(fit("größe").unwrap().tags, [8, 9, 10, 11, 12]);
    }

    #[test]
    fn a_name_counts_for_more_than_a_path() {
        let score = |name: &str, project: &str| {
            let mut filter = Filter::default();
            filter.set("api".to_owned());
            let texts = Texts {
                name: name.to_owned(),
                project: project.to_owned(),
                ..Texts::default()
            };
            filter.fit(&texts).unwrap().0
        };
        assert!(score("api", "~/src/x") > score("x", "~/src/api"));
    }
}
