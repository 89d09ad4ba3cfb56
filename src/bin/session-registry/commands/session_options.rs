//! The options about a session that `register` and `set` both take: its settings, metadata and labels.

use session_registry::{Alias, Error, Session, Tag};

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

    /// What another system calls it, such as claude:7f3a; may be repeated, and no two sessions have the same
    #[arg(long, value_name = "NS:VALUE")]
    alias: Vec<String>,

    /// A word to group it by; may be repeated
    #[arg(long)]
    tag: Vec<String>,

    /// Keep its record from being pruned
    #[arg(long)]
    pin: bool,
}

impl SessionOptions {
    /// Fails on what is no alias or tag, and has changed nothing then.
    pub(super) fn apply(&self, session: &mut Session) -> Result<(), Error> {
        let (aliases, tags) = (aliases(&self.alias)?, tags(&self.tag)?);
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
        // What is not spoken of is left as it is stored.
        if !aliases.is_empty() {
            session.aliases_mut().extend(aliases);
        }
        if !tags.is_empty() {
            session.tags_mut().extend(tags);
        }
        if self.pin {
            session.set_pinned(true);
        }
        Ok(())
    }
}

pub(super) fn aliases(texts: &[String]) -> Result<Vec<Alias>, Error> {
    let aliases: Result<_, _> = texts.iter().map(Alias::new).collect();
    Ok(aliases?)
}

pub(super) fn tags(texts: &[String]) -> Result<Vec<Tag>, Error> {
    let tags: Result<_, _> = texts.iter().map(Tag::new).collect();
    Ok(tags?)
}

pub(super) fn pair(text: &str) -> Result<(String, String), &'static str> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}
