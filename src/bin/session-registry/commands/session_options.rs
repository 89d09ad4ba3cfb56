//! The options about a session that `register` and `set` both take: its settings and metadata.

use session_registry::Session;

/// Those that were given; the others stay as they are.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct SessionOptions {
    /// Who serves the model, such as `anthropic`
    #[arg(long)]
    provider: Option<String>,

    /// The language model
    #[arg(long)]
    model: Option<String>,

    /// Sampling temperature, 0 to 2
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    temperature: Option<f64>,

    /// Most tokens in an answer, at least 1
    #[arg(long, value_name = "NUMBER")]
    max_tokens: Option<u32>,

    /// A pair of metadata; may be repeated, and replaces the value the key has
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    meta: Vec<(String, String)>,
}

impl SessionOptions {
    pub(super) fn apply(&self, session: &mut Session) {
        let mut config = session.config().clone();
        if self.provider.is_some() {
            config.provider.clone_from(&self.provider);
        }
        if self.model.is_some() {
            config.model.clone_from(&self.model);
        }
        config.temperature = self.temperature.unwrap_or(config.temperature);
        config.max_tokens = self.max_tokens.unwrap_or(config.max_tokens);
        session.set_config(config);
        session.metadata_mut().extend(self.meta.iter().cloned());
    }
}

pub(super) fn pair(text: &str) -> Result<(String, String), &'static str> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}
