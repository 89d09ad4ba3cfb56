//! The settings a session hands to its language model.

use serde::{Deserialize, Serialize};

use super::SessionProblem;
use super::text::first_control;

/// Which language model a session talks to, and how.
///
/// The fields take any value; [`Session::validate`](crate::Session::validate) checks them as a whole.
/// Reading one with serde, a missing field takes its default and an unknown one is ignored.
///
/// ```
/// use session_registry::SessionConfig;
///
/// let config = SessionConfig::new().provider("anthropic").temperature(0.2);
/// assert_eq!(config.provider.as_deref(), Some("anthropic"));
/// assert_eq!((config.model, config.max_tokens), (None, 4096));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[must_use = "settings do nothing until a session has them"]
#[non_exhaustive]
pub struct SessionConfig {
    /// The service, such as `anthropic`: 1 to 256 bytes without control characters. Default: `None`,
    /// the embedding program decides.
    pub provider: Option<String>,
    /// The model's name there: 1 to 256 bytes without control characters. Default: `None`, the
    /// embedding program decides.
    pub model: Option<String>,
    /// How freely the model answers: 0.0 to 2.0, the range of the original Elixir registry; -0.0
    /// counts as 0. Default: 0.7.
    pub temperature: f64,
    /// The longest answer, in tokens: at least 1. Default: 4096.
    pub max_tokens: u32,
}

impl SessionConfig {
    /// The longest provider or model name, in bytes.
    pub const MAX_NAME_BYTES: usize = 256;

    /// The highest temperature; the lowest is 0.
    pub const MAX_TEMPERATURE: f64 = 2.0;

    /// Returns the defaults: no provider, no model, temperature 0.7, 4096 tokens.
    pub fn new() -> Self {
        Self {
            provider: None,
            model: None,
            temperature: 0.7,
            max_tokens: 4096,
        }
    }

    /// Sets the service, such as `anthropic`: 1 to 256 bytes without control characters.
    pub fn provider(mut self, provider: impl Into<String>) -> Self {
        self.provider = Some(provider.into());
        self
    }

    /// Sets the model's name: 1 to 256 bytes without control characters.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Sets how freely the model answers: 0.0 to 2.0.
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = temperature;
        self
    }

    /// Sets the longest answer, in tokens: at least 1.
    pub fn max_tokens(mut self, max_tokens: u32) -> Self {
        self.max_tokens = max_tokens;
        self
    }

    /// Every rule the settings break, in field order.
    pub(super) fn problems(&self) -> Vec<SessionProblem> {
        let mut problems = Vec::new();
        check_name("config.provider", self.provider.as_deref(), &mut problems);
        check_name("config.model", self.model.as_deref(), &mut problems);
        if !(0.0..=Self::MAX_TEMPERATURE).contains(&self.temperature) {
            problems.push(SessionProblem::Temperature {
                value: self.temperature,
            });
        }
        if self.max_tokens == 0 {
            problems.push(SessionProblem::NoTokens);
        }
        problems
    }

    /// Whether nothing differs. A NaN equals itself here, so that writing it again is no change.
    pub(super) fn same_as(&self, other: &Self) -> bool {
        let Self {
            provider,
            model,
            temperature,
            max_tokens,
        } = self;
        *provider == other.provider
            && *model == other.model
            && (*temperature == other.temperature
                || temperature.to_bits() == other.temperature.to_bits())
            && *max_tokens == other.max_tokens
    }
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self::new()
    }
}

fn check_name(field: &'static str, name: Option<&str>, problems: &mut Vec<SessionProblem>) {
    let Some(name) = name else { return };
    if !(1..=SessionConfig::MAX_NAME_BYTES).contains(&name.len()) {
        problems.push(SessionProblem::NameLength {
            field,
            bytes: name.len(),
        });
    }
    if let Some((index, character)) = first_control(name) {
        problems.push(SessionProblem::ControlCharacter {
            field,
            character,
            index,
        });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn defaults_are_valid() {
        let expected = SessionConfig {
            provider: None,
            model: None,
            temperature: 0.7,
            max_tokens: 4096,
        };
        assert_eq!(SessionConfig::new(), expected);
        assert_eq!(SessionConfig::default(), expected);
        assert_eq!(expected.problems(), []);
    }

    #[test]
    fn limits_are_inclusive() {
        for length in [1, 256] {
            let name = "x".repeat(length);
            let config = SessionConfig::new().provider(&name).model(name);
            assert_eq!(config.problems(), []);
        }
        for temperature in [0.0, -0.0, f64::MIN_POSITIVE, 2.0] {
            assert_eq!(SessionConfig::new().temperature(temperature).problems(), []);
        }
        for max_tokens in [1, u32::MAX] {
            assert_eq!(SessionConfig::new().max_tokens(max_tokens).problems(), []);
        }
    }

    #[test]
    fn every_problem_is_found_in_field_order() {
        let config = SessionConfig::new()
            .provider("")
            .model(format!("{}\n", "é".repeat(128)))
            .temperature(2.1)
            .max_tokens(0);
        let expected = [
            SessionProblem::NameLength {
                field: "config.provider",
                bytes: 0,
            },
            SessionProblem::NameLength {
                field: "config.model",
                bytes: 257,
            },
            SessionProblem::ControlCharacter {
                field: "config.model",
                character: '\n',
                index: 256,
            },
            SessionProblem::Temperature { value: 2.1 },
            SessionProblem::NoTokens,
        ];
        assert_eq!(config.problems(), expected);
    }

    #[test]
    fn temperatures_outside_the_range_are_refused() {
        let refused = |value| {
            let problems = SessionConfig::new().temperature(value).problems();
            matches!(problems.as_slice(), [SessionProblem::Temperature { .. }])
        };
        for value in [
            -f64::MIN_POSITIVE,
            2.0_f64.next_up(),
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
        ] {
            assert!(refused(value), "{value}");
        }
    }

    #[test]
    fn same_means_that_nothing_differs() {
        let config = SessionConfig::new()
            .provider("p")
            .model("m")
            .temperature(0.0);
        assert!(config.same_as(&config.clone().temperature(-0.0)));
        let nan = config.clone().temperature(f64::NAN);
        assert!(nan.same_as(&nan));
        for other in [
            config.clone().provider("q"),
            config.clone().model("n"),
            config.clone().temperature(f64::MIN_POSITIVE),
            config.clone().max_tokens(1),
            nan,
        ] {
            assert!(!config.same_as(&other), "{other:?}");
        }
    }

    #[test]
    fn missing_fields_take_defaults_and_unknown_ones_are_ignored() {
        let config: SessionConfig =
            serde_json::from_str(r#"{"model": "opus", "top_p": 1}"#).unwrap();
        assert_eq!(config, SessionConfig::new().model("opus"));
        let json = r#"{"provider":null,"model":"opus","temperature":0.7,"max_tokens":4096}"#;
        assert_eq!(serde_json::to_string(&config).unwrap(), json);
    }
}
