//! A published description of an API (OpenAPI 3.1), and what does not fit it: requests, and answers.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use soundpost_core::port::transport::{HttpRequest, Method};
use url::Url;

/// A description of an API.
#[derive(Debug, Clone)]
pub struct OpenApi(Value);

impl OpenApi {
    /// Reads a description. "One of these" is read as "any of these": descriptions list kinds of a request that do not
    /// exclude each other, such as a post with words and a post with pictures.
    ///
    /// # Errors
    /// When it is not JSON.
    pub fn read(text: &str) -> Result<OpenApi, serde_json::Error> {
        let mut whole: Value = serde_json::from_str(text)?;
        loosen(&mut whole);
        Ok(OpenApi(whole))
    }

    /// What is wrong with a request; nothing = it fits.
    pub fn faults_of(&self, request: &HttpRequest) -> Vec<String> {
        let Ok(url) = Url::parse(&request.url) else {
            return vec![format!("{} is not a URL", request.url)];
        };
        let method = method_word(request.method);
        let Some(operation) = self.operation(method, url.path()) else {
            return vec![format!("{method} {} is not in the description", url.path())];
        };
        let mut faults = self.faults_of_query(operation, &url);
        faults.extend(self.faults_of_body(operation, request));
        faults
            .into_iter()
            .map(|fault| format!("{method} {}: {fault}", url.path()))
            .collect()
    }

    /// What is wrong with an answer to this call; nothing = it fits.
    pub fn faults_of_answer(&self, method: &str, path: &str, status: u16, body: &Value) -> Vec<String> {
        let method = method.to_ascii_lowercase();
        let Some(operation) = self.operation(&method, path) else {
            return vec![format!("{method} {path} is not in the description")];
        };
        let answer = &operation["responses"][status.to_string()];
        let schema = &self.resolved(answer)["content"]["application/json"]["schema"];
        if schema.is_null() {
            return vec![format!("{method} {path}: an answer {status} is not described")];
        }
        let faults = self.faults_of_value(schema, body).into_iter();
        faults
            .map(|fault| format!("{method} {path} ({status}): {fault}"))
            .collect()
    }

    /// The operation of this path; a path without variables goes before one with them.
    fn operation(&self, method: &str, path: &str) -> Option<&Value> {
        let paths = self.0["paths"].as_object()?;
        let fitting = paths.iter().filter(|(template, _)| fits(template, path));
        let (_, item) = fitting.min_by_key(|(template, _)| template.matches('{').count())?;
        item.get(method)
    }

    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let target = value["$ref"].as_str().and_then(|target| target.strip_prefix('#'));
        target.and_then(|target| self.0.pointer(target)).unwrap_or(value)
    }

    fn faults_of_query(&self, operation: &Value, url: &Url) -> Vec<String> {
        let parameters = operation["parameters"].as_array();
        let all = parameters.into_iter().flatten().map(|one| self.resolved(one));
        let all: Vec<&Value> = all.filter(|one| one["in"] == "query").collect();
        let mut faults = Vec::new();
        for (name, value) in url.query_pairs() {
            let known = all.iter().find(|one| one["name"] == *name);
            let Some(known) = known else {
                faults.push(format!("the parameter '{name}' is not described"));
                continue;
            };
            let given = serde_json::from_str(&value).unwrap_or_else(|_| json!(value));
            let given = if known["schema"]["type"] == "string" {
                json!(value)
            } else {
                given
            };
            faults.extend(self.faults_of_value(&known["schema"], &given));
        }
        let required = all.iter().filter(|one| one["required"] == true);
        let absent = required.filter(|one| !url.query_pairs().any(|(name, _)| one["name"] == *name));
        faults.extend(absent.map(|one| format!("the parameter {} is missing", one["name"])));
        faults
    }

    fn faults_of_body(&self, operation: &Value, request: &HttpRequest) -> Vec<String> {
        let wanted = self.resolved(&operation["requestBody"]);
        if wanted.is_null() {
            let is_there = !request.body.is_empty();
            return is_there
                .then(|| "no body is described".to_owned())
                .into_iter()
                .collect();
        }
        let given = request.headers.iter().find(|(name, _)| name == "content-type");
        let given = given.map_or("", |(_, value)| value.as_str());
        let media_type = given.split(';').next().unwrap_or_default();
        let schema = &wanted["content"][media_type]["schema"];
        if schema.is_null() {
            return vec![format!("a body of the type '{media_type}' is not described")];
        }
        let body = match media_type {
            "multipart/form-data" => form(&request.body),
            _ => serde_json::from_slice(&request.body).unwrap_or_default(),
        };
        let mut faults = self.faults_of_value(schema, &body);
        let mut known = BTreeSet::new();
        self.fields(schema, &mut known);
        let names = body.as_object().into_iter().flat_map(|fields| fields.keys());
        let unknown = names.filter(|name| !known.contains(name.as_str()));
        faults.extend(unknown.map(|name| format!("the field '{name}' is not described")));
        faults
    }

    /// Every field that a schema names, in all of its parts.
    fn fields<'a>(&'a self, schema: &'a Value, known: &mut BTreeSet<&'a str>) {
        let schema = self.resolved(schema);
        let own = schema["properties"].as_object();
        known.extend(
            own.into_iter()
                .flat_map(|fields| fields.keys())
                .map(String::as_str),
        );
        for part in ["allOf", "anyOf"] {
            for inner in schema[part].as_array().into_iter().flatten() {
                self.fields(inner, known);
            }
        }
    }

    fn faults_of_value(&self, schema: &Value, value: &Value) -> Vec<String> {
        let whole = json!({ "allOf": [schema], "components": self.0["components"] });
        match jsonschema::validator_for(&whole) {
            Ok(validator) => validator
                .iter_errors(value)
                .map(|error| format!("at '{}': {error}", error.instance_path()))
                .collect(),
            Err(error) => vec![format!("the description cannot be used: {error}")],
        }
    }
}

fn loosen(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(kinds) = fields.remove("oneOf") {
                fields.insert("anyOf".to_owned(), kinds);
            }
            fields.values_mut().for_each(loosen);
        }
        Value::Array(items) => items.iter_mut().for_each(loosen),
        _ => {}
    }
}

fn method_word(method: Method) -> &'static str {
    match method {
        Method::Get => "get",
        Method::Post => "post",
        Method::Put => "put",
        Method::Delete => "delete",
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given))
                if wanted == given || (wanted.starts_with('{') && !given.is_empty()) => {}
            _ => return false,
        }
    }
}

/// The fields of a form, each as a text; their bytes do not matter here.
fn form(body: &[u8]) -> Value {
    let text = String::from_utf8_lossy(body);
    let names = text.split("form-data; name=\"").skip(1);
    let names = names.filter_map(|rest| rest.split('"').next());
    names
        .map(|name| (name.to_owned(), json!("")))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
