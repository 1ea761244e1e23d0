//! Requests in the HTTP form of the services that the labs model, as a lab lists them.

use crate::base::json::{JsonObject, list, quote};

/// A key of a query or a body. It has the name of the argument that it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpKey {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be there; if not, the argument's default holds.
    pub required: bool,
}

impl HttpKey {
    /// A key that must be there.
    #[must_use]
    pub const fn needed(name: &'static str) -> HttpKey {
        HttpKey { name, required: true }
    }

    /// A key that may be left out.
    #[must_use]
    pub const fn optional(name: &'static str) -> HttpKey {
        HttpKey { name, required: false }
    }
}

/// Who performs the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Performer {
    /// The process in the line itself.
    Asked,
    /// A client, which asks the process in the line.
    Client {
        /// Role of the clients; the first one is meant where none is named.
        role: &'static str,
        /// The key that names one: in the body of a form that has a body, else in the query.
        key: &'static str,
    },
}

/// One form of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpForm {
    /// `GET`, `POST` and so on.
    pub method: &'static str,
    /// The path; a piece such as `{key}` gives the argument of that name.
    pub path: &'static str,
    /// Roles of the process in the line; any, where the list is empty.
    pub at: &'static [&'static str],
    /// The operation that this asks for.
    pub operation: &'static str,
    /// The argument that takes the process in the line, where one does.
    pub asked: Option<&'static str>,
    /// Who performs it.
    pub performer: Performer,
    /// Keys of the query that give arguments.
    pub query: &'static [HttpKey],
    /// Keys of the body that give arguments; none where the form has no body.
    pub body: &'static [HttpKey],
}

impl HttpForm {
    pub(crate) fn takes_body(&self) -> bool {
        !self.body.is_empty()
    }

    /// The key that names a client, if it is of the body (or of the query).
    fn client_key(&self, in_body: bool) -> Option<HttpKey> {
        match self.performer {
            Performer::Client { key, .. } if self.takes_body() == in_body => Some(HttpKey::optional(key)),
            _ => None,
        }
    }

    /// Keys of the query, or of the body, in the order in which they are shown.
    pub(crate) fn keys(&self, in_body: bool) -> impl Iterator<Item = HttpKey> {
        let own = if in_body { self.body } else { self.query };
        own.iter().copied().chain(self.client_key(in_body))
    }

    /// The form as people write it: `POST <node> /put {"key":…,"value":…}`; what may be left out ends in `?`.
    #[must_use]
    pub fn usage(&self) -> String {
        let asked = if self.at.is_empty() { "process".into() } else { self.at.join("|") };
        let mut text = format!("{} <{asked}> {}", self.method, self.path);
        for (i, key) in self.keys(false).enumerate() {
            let (joint, mark) = (if i == 0 { '?' } else { '&' }, if key.required { "" } else { "?" });
            text += &format!("{joint}{}=…{mark}", key.name);
        }
        if self.takes_body() {
            let key = |key: HttpKey| format!("\"{}\":…{}", key.name, if key.required { "" } else { "?" });
            text += &format!(" {{{}}}", self.keys(true).map(key).collect::<Vec<_>>().join(", "));
        }
        text
    }

    /// Whether a path, with or without a query, is this form's.
    pub(crate) fn takes_path(&self, target: &str) -> bool {
        self.matches(target.split('?').next().unwrap_or_default()).is_some()
    }

    /// The form in the listing of `lightcone labs --json`.
    #[must_use]
    pub fn json(&self) -> String {
        let key = |key: &HttpKey| JsonObject::new().text("name", key.name).bool("required", key.required).end();
        let mut o = JsonObject::new();
        o.text("method", self.method).text("path", self.path).list("at", self.at.iter().map(|r| quote(r)));
        o.text("op", self.operation);
        if let Some(asked) = self.asked {
            o.text("asked", asked);
        }
        if let Performer::Client { role, key } = self.performer {
            let mut client = JsonObject::new();
            client.text("role", role).text("key", key).text("in", if self.takes_body() { "body" } else { "query" });
            o.raw("client", &client.end());
        }
        o.list("query", self.query.iter().map(key)).list("body", self.body.iter().map(key));
        o.text("usage", &self.usage()).end()
    }

    /// The pieces of a path that stand for this form's arguments, still encoded; `None` where it is another path.
    pub(crate) fn matches<'t>(&self, path: &'t str) -> Option<Vec<(&'static str, &'t str)>> {
        let mut given = path.split('/');
        let mut captured = Vec::new();
        for piece in self.path.split('/') {
            let found = given.next()?;
            match piece.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
                Some(_) if found.is_empty() => return None,
                Some(name) => captured.push((name, found)),
                None if piece != found => return None,
                None => {}
            }
        }
        given.next().is_none().then_some(captured)
    }
}

/// A lab's forms as a JSON list.
pub(super) fn listing(forms: &[HttpForm]) -> String {
    list(forms.iter().map(HttpForm::json))
}
