//! A line with fields of a session in it.

use std::str::FromStr;

use clap::ValueEnum;

use crate::field::Field;
use crate::sight::Sight;

/// Text and fields: `{name}` is the name, `{{` and `}}` are braces, `\t`, `\n` and `\\` what they are elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    Field(Field),
}

impl Template {
    pub(super) fn fill(&self, sight: &Sight) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Field(field) => field.value(sight),
        });
        parts.collect()
    }
}

impl FromStr for Template {
    type Err = String;

    fn from_str(template: &str) -> Result<Self, String> {
        let (mut parts, mut text) = (Vec::new(), String::new());
        let mut rest = template.chars();
        while let Some(character) = rest.next() {
            match (character, rest.clone().next()) {
                ('{', Some('{')) | ('}', Some('}')) => {
                    rest.next();
                    text.push(character);
                }
                ('\\', Some(escaped @ ('t' | 'n' | '\\'))) => {
                    rest.next();
                    text.push(match escaped {
                        't' => '\t',
                        'n' => '\n',
                        _ => '\\',
                    });
                }
                ('{', _) => {
                    let (name, after) = rest
                        .as_str()
                        .split_once('}')
                        .ok_or("a field ends with a brace: write {{ for a brace itself")?;
                    parts.push(Part::Text(std::mem::take(&mut text)));
                    parts.push(Part::Field(field(name)?));
                    rest = after.chars();
                }
                ('}', _) => return Err("write }} for a brace itself".to_owned()),
                _ => text.push(character),
            }
        }
        parts.push(Part::Text(text));
        parts.retain(|part| *part != Part::Text(String::new()));
        Ok(Self(parts))
    }
}

fn field(name: &str) -> Result<Field, String> {
    Field::from_str(name, false).map_err(|_| {
        let known = Field::value_variants()
            .iter()
            .filter_map(Field::to_possible_value);
        let known: Vec<_> = known.map(|value| value.get_name().to_owned()).collect();
        format!("there is no field {name:?}, but {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn a_template_is_text_and_fields() {
        let template: Template = r"{name}\t{{{driven-by}}}\n".parse().unwrap();
        let text = |text: &str| Part::Text(text.to_owned());
        let expected = vec![
            Part::Field(Field::Name),
            text("\t{"),
            Part::Field(Field::DrivenBy),
            text("}\n"),
        ];
        assert_eq!(template, Template(expected));
        assert_eq!("".parse(), Ok(Template(Vec::new())));
    }

    #[test]
    fn a_template_that_means_nothing_is_refused() {
        for (template, problem) in [
            ("{name", "a field ends with a brace"),
            ("name}", "write }}"),
            (
                "{nam}",
                "there is no field \"nam\", but id, short-id, state, name,",
            ),
            ("{Name}", "there is no field"),
        ] {
            let refused = template.parse::<Template>().unwrap_err();
            assert!(refused.starts_with(problem), "{refused}");
        }
    }
}
