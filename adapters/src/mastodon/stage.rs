//! What is prepared at the server before the visible write: whose account it is, what the server's limits are, and
//! the pictures, which nobody sees until a post names them.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use soundpost_core::frozen::Staging;
use soundpost_core::port::adapter::{Context, StageError};
use soundpost_core::port::transport::{HttpRequest, Method};
use soundpost_core::post::{Media, Part};

use super::api::{self, Client, Trouble};
use super::instance::Limits;
use super::settings::words;

/// Pictures that no post names are dropped by the server after about a day.
pub(super) const STAGING_S: u32 = 3600;

/// How often a server is asked whether it has finished with a picture, a second apart.
const LOOKS_MAX: u32 = 60;
const LOOK_EVERY: SignedDuration = SignedDuration::from_secs(1);

/// What was prepared at the server.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Staged {
    pub(super) server: String,
    pub(super) account_id: String,
    pub(super) limits: Limits,
    /// The server's ids of the pictures of each part. An id serves for one post only, so equal pictures have ids of
    /// their own.
    pub(super) media: Vec<Vec<String>>,
}

/// Prepares these parts.
///
/// # Errors
/// [`StageError`].
pub(super) async fn stage(cx: &Context<'_>, parts: &[Part]) -> Result<Staging, StageError> {
    let client = Client::open(cx)?;
    let (account_id, _) = client.whoami().await?;
    let limits = limits(&client).await?;
    for part in parts {
        fits(part, &client, &limits)?;
    }
    let mut media = Vec::new();
    for part in parts {
        let mut ids = Vec::new();
        for picture in &part.media {
            ids.push(upload(&client, picture).await?);
        }
        media.push(ids);
    }
    let staged = Staged {
        server: client.settings.server.clone(),
        account_id,
        limits,
        media,
    };
    let at = cx.clock.now();
    Ok(Staging {
        data: serde_json::to_value(&staged).map_err(|error| StageError::Refused(error.to_string()))?,
        at,
        expires_at: at.checked_add(SignedDuration::from_secs(STAGING_S.into())).ok(),
        warnings: Vec::new(),
    })
}

/// Servers from before 2022, and some others, know the older of the two questions only.
async fn limits(client: &Client<'_>) -> Result<Limits, Trouble> {
    for path in ["/api/v2/instance", "/api/v1/instance"] {
        match client.get(path).await {
            Ok(instance) => return Ok(Limits::read(&instance)),
            Err(Trouble::Refused { .. } | Trouble::Login(_)) => {}
            Err(trouble) => return Err(trouble),
        }
    }
    Ok(Limits::default())
}

fn fits(part: &Part, client: &Client<'_>, limits: &Limits) -> Result<(), StageError> {
    let long = limits.too_long(&words(part), &client.settings.spoiler);
    let many = (part.media.len() > limits.max_media as usize).then(|| {
        format!(
            "{} pictures are too many: this server takes {} in one post",
            part.media.len(),
            limits.max_media
        )
    });
    let unfit = part.media.iter().find_map(|media| limits.unfit(media));
    match long.or(many).or(unfit) {
        Some(why) => Err(StageError::Refused(why)),
        None => Ok(()),
    }
}

/// Uploads a picture and waits until the server has finished with it.
async fn upload(client: &Client<'_>, media: &Media) -> Result<String, StageError> {
    let bytes = client
        .cx
        .media
        .read(&media.sha256)
        .map_err(StageError::MediaGone)?;
    let form = Form::new(client.cx, media, &bytes);
    let mut response = client.send(form.request(client, "/api/v2/media")).await?;
    if response.status == 404 {
        response = client.send(form.request(client, "/api/v1/media")).await?;
    }
    if response.status == 500 && api::words(&response).contains("thumbnail") {
        return Err(StageError::Refused(format!(
            "the server cannot read {}: {}",
            media.file_name,
            api::words(&response)
        )));
    }
    let answer = api::read(&response, client.cx.clock.now())?;
    let id = api::text(&answer["id"])
        .ok_or_else(|| Trouble::Network("the server's answer to the upload has no id".to_owned()))?;
    if response.status == 202 {
        finished(client, &id, media).await?;
    }
    Ok(id)
}

async fn finished(client: &Client<'_>, id: &str, media: &Media) -> Result<(), StageError> {
    let clock = client.cx.clock;
    for _ in 0..LOOKS_MAX {
        let path = format!("/api/v1/media/{}", api::segment(id));
        let response = client.send(client.request(Method::Get, &path)).await?;
        if response.status != 206 {
            api::read(&response, clock.now())?;
            return Ok(());
        }
        clock
            .sleep_until(clock.now().saturating_add(LOOK_EVERY).unwrap_or(clock.now()))
            .await;
    }
    Err(StageError::Later {
        at: None,
        why: format!("the server has not finished with {} yet", media.file_name),
    })
}

/// An upload as a form. Specification: RFC 7578.
struct Form {
    border: String,
    body: Vec<u8>,
}

impl Form {
    fn new(cx: &Context<'_>, media: &Media, bytes: &[u8]) -> Form {
        let border = format!("soundpost-{:016x}{:016x}", cx.entropy.u64(), cx.entropy.u64());
        let mut body = Vec::new();
        if !media.alt.is_empty() {
            body.extend(
                format!("--{border}\r\ncontent-disposition: form-data; name=\"description\"\r\n\r\n").bytes(),
            );
            body.extend(media.alt.bytes());
            body.extend(b"\r\n");
        }
        let head = format!(
            "--{border}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{}\"\r\ncontent-type: {}\r\n\r\n",
            plain(&media.file_name),
            plain(&media.mime)
        );
        body.extend(head.bytes());
        body.extend(bytes);
        body.extend(format!("\r\n--{border}--\r\n").bytes());
        Form { border, body }
    }

    fn request(&self, client: &Client<'_>, path: &str) -> HttpRequest {
        let media_type = format!("multipart/form-data; boundary={}", self.border);
        client
            .request(Method::Post, path)
            .body(&media_type, self.body.clone())
    }
}

/// A name that cannot end its quotes or its line.
fn plain(name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || ".-_/+".contains(c) {
            c
        } else {
            '_'
        }
    };
    name.chars().map(plain).collect()
}
