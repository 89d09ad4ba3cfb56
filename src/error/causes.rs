//! Why something went wrong, from the nearest cause to the first.

use std::error::Error as StdError;

use super::Error;

impl Error {
    /// Returns the texts of the causes below the error, the nearest first, without those that a text above
    /// already says.
    ///
    /// ```
    /// use session_registry::SessionRegistry;
    ///
    /// # #[cfg(target_os = "linux")]
    /// if let Err(error) = SessionRegistry::open("/proc/none.redb") {
    ///     assert_eq!(error.causes().len(), 1, "what the system says");
    /// }
    /// ```
    #[must_use]
    pub fn causes(&self) -> Vec<String> {
        below(self)
    }
}

fn below(error: &dyn StdError) -> Vec<String> {
    let mut above = error.to_string();
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !above.contains(&text) {
            above.clone_from(&text);
            causes.push(text);
        }
        next = cause.source();
    }
    causes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Link {
        text: &'static str,
        source: Option<Box<Link>>,
    }

    fn chain(texts: &[&'static str]) -> Option<Box<Link>> {
        let (text, rest) = texts.split_first()?;
        let source = chain(rest);
        Some(Box::new(Link { text, source }))
    }

    #[test]
    fn no_text_is_told_twice() {
        let told = |texts: &[&'static str]| chain(texts).map(|link| below(link.as_ref()));
        assert_eq!(told(&["a"]), Some(vec![]));
        assert_eq!(told(&["a", "b", "c"]), Some(vec!["b".into(), "c".into()]));
        assert_eq!(told(&["a: b", "b", "b", "c"]), Some(vec!["c".into()]));
    }
}
