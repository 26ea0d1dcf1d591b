//! From the lines of an export to what a store can take in. Nothing is changed here: the file is read to its end, and
//! every line is checked, before anything happens.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use soundpost_core::account::Account;
use soundpost_core::adapter_table::AdapterTable;
use soundpost_core::delivery::{Delivery, State};
use soundpost_core::halt::HaltOrder;
use soundpost_core::id::{AccountId, DeliveryId, PostId};
use soundpost_core::import::{Flaw, Import, Piece, media_of_revision};
use soundpost_core::port::adapter::capabilities_for;
use soundpost_core::post::Revision;
use soundpost_core::settle;

use super::format::{Counts, Header, Line, RECORDS_BYTES_MAX};
use super::lines::{LineError, Lines};
use crate::os::media::{MEDIA_BYTES_MAX, hex};

/// A file that was found good.
#[derive(Debug)]
pub struct Gathered {
    /// Its first line.
    pub header: Header,
    /// What a store takes in.
    pub import: Import,
    /// Where the bytes of the pictures and films stand.
    pub media: Vec<Place>,
    /// The hashes of those that are not in it.
    pub missing: Vec<String>,
    /// What was being sent: it is unknown now.
    pub in_flight: Vec<DeliveryId>,
    /// The accounts whose address is not in it.
    pub withheld: BTreeSet<AccountId>,
}

/// Where the bytes of a picture or film begin in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Their hash.
    pub sha256: String,
    /// Their number.
    pub bytes: u64,
    /// Where the first line with some of them begins.
    pub offset: u64,
}

/// By whom, when and under which order.
pub struct Circumstances<'a> {
    /// The order under which the store starts; its reason is made from the header.
    pub order: HaltOrder,
    /// The networks, which know whether a lost answer can be looked up.
    pub adapters: &'a AdapterTable,
    /// Now.
    pub now: Timestamp,
}

/// Reads a file to its end.
///
/// # Errors
/// [`LineError`] for the first line that is wrong.
pub fn gather(file: impl BufRead, here: Circumstances<'_>) -> Result<Gathered, LineError> {
    let mut lines = Lines::new(file);
    let header = lines.header()?;
    let order = HaltOrder {
        reason: soundpost_core::import::order_reason(header.made_at, &header.store.to_string()),
        ..here.order
    };
    let mut gathering = Gathering {
        lines,
        adapters: here.adapters,
        now: here.now,
        import: Import::new(order),
        counts: Counts::default(),
        record_bytes: 0,
        posts: BTreeMap::new(),
        deliveries: BTreeMap::new(),
        needed: BTreeMap::new(),
        media: BTreeMap::new(),
        missing: BTreeSet::new(),
        in_flight: Vec::new(),
        withheld: BTreeSet::new(),
    };
    while let Some(line) = gathering.lines.next_line()? {
        gathering.take(line)?;
    }
    gathering.finish(header)
}

struct Gathering<'a, R> {
    lines: Lines<R>,
    adapters: &'a AdapterTable,
    now: Timestamp,
    import: Import,
    counts: Counts,
    record_bytes: u64,
    /// In which line each stands.
    posts: BTreeMap<PostId, u64>,
    deliveries: BTreeMap<DeliveryId, u64>,
    /// By hash: the size that a post says, and in which line.
    needed: BTreeMap<String, (u64, u64)>,
    media: BTreeMap<String, Place>,
    missing: BTreeSet<String>,
    in_flight: Vec<DeliveryId>,
    withheld: BTreeSet<AccountId>,
}

impl<R: BufRead> Gathering<'_, R> {
    fn take(&mut self, line: Line) -> Result<(), LineError> {
        self.record_bytes += self.lines.length();
        if self.record_bytes > RECORDS_BYTES_MAX {
            let most = RECORDS_BYTES_MAX >> 30;
            return Err(self
                .lines
                .error(format!("the lines up to here are more than {most} GiB")));
        }
        let taken = match line {
            Line::Account(account) => self.account(*account),
            Line::AddressWithheld { account } => self.address_withheld(account),
            Line::Event(event) => {
                self.counts.events += 1;
                self.import.event(*event)
            }
            Line::Calendar { name, text } => {
                self.counts.calendars += 1;
                self.import.calendar(name, text)
            }
            Line::Feed(feed) => {
                self.counts.feeds += 1;
                match feed.older_list() {
                    Some(list) => self.import.trends(list),
                    None => self.import.feed(feed.feed),
                }
            }
            Line::Trends(list) => {
                self.counts.trends += 1;
                self.import.trends(*list)
            }
            Line::Halt(order) => {
                self.counts.halts += 1;
                self.import.halt(order)
            }
            Line::Post(post) => {
                self.counts.post(&post);
                self.posts.insert(post.id, self.lines.number());
                let noted = post.revisions.iter().try_for_each(|r| self.note_media(r));
                noted.and_then(|()| self.import.post(*post))
            }
            Line::Revision { post, revision } => {
                self.counts.revisions += 1;
                let noted = self.note_media(&revision);
                noted.and_then(|()| self.import.revision(post, *revision))
            }
            Line::Delivery(delivery) => self.delivery(*delivery),
            Line::Media { sha256, bytes } => return self.media(sha256, bytes),
            Line::MediaMissing { sha256 } => self.media_missing(sha256),
            Line::Bytes(_) => flaw("bytes that belong to no picture or film"),
            Line::Export(_) | Line::End { .. } => flaw("it stands at a wrong place"),
        };
        taken.map_err(|flaw| self.lines.error(flaw.to_string()))
    }

    fn account(&mut self, account: Account) -> Result<(), Flaw> {
        self.counts.accounts += 1;
        self.import.account(account)
    }

    fn address_withheld(&mut self, id: AccountId) -> Result<(), Flaw> {
        match self.import.account_with(id) {
            None => flaw(format!("there is no account {id} before it")),
            Some(account) if account.server.is_some() => flaw("the account before it has an address"),
            Some(_) => {
                self.withheld.insert(id);
                Ok(())
            }
        }
    }

    /// What was being sent may be public, whatever became of it since: it is looked up, or a person is asked.
    fn delivery(&mut self, delivery: Delivery) -> Result<(), Flaw> {
        self.counts.delivery(&delivery);
        self.deliveries.insert(delivery.id, self.lines.number());
        let State::Attempting { fence } = delivery.state() else {
            return self.import.delivery(delivery);
        };
        let account = self.import.account_with(delivery.account);
        let adapter = self.adapters.get(&delivery.network);
        let capabilities = account
            .zip(adapter)
            .map(|(account, adapter)| capabilities_for(adapter.as_ref(), account, &fence.frozen))
            .unwrap_or_default();
        let why = "it was being sent when the queue was exported: it may have arrived".to_owned();
        let lost = settle::lose_track(&capabilities, why, self.now);
        let lost = delivery
            .after_move(lost, self.now)
            .map_err(|error| Flaw(error.to_string()))?;
        self.in_flight.push(lost.id);
        self.import.delivery(lost)
    }

    fn note_media(&mut self, revision: &Revision) -> Result<(), Flaw> {
        for media in media_of_revision(revision) {
            let said = (media.size_bytes, self.lines.number());
            let known = self.needed.entry(media.sha256.clone()).or_insert(said);
            if known.0 != media.size_bytes {
                return flaw(format!(
                    "line {} says another size for the same picture or film",
                    known.1
                ));
            }
        }
        Ok(())
    }

    fn media_missing(&mut self, sha256: String) -> Result<(), Flaw> {
        self.check_name(&sha256)?;
        self.missing.insert(sha256);
        Ok(())
    }

    fn check_name(&self, sha256: &str) -> Result<(), Flaw> {
        if !self.needed.contains_key(sha256) {
            return flaw("no post before it has this picture or film");
        }
        if self.media.contains_key(sha256) || self.missing.contains(sha256) {
            return flaw("this picture or film stands twice");
        }
        Ok(())
    }

    /// Reads the bytes of a picture or film, and keeps only where they stand.
    fn media(&mut self, sha256: String, bytes: u64) -> Result<(), LineError> {
        let said = self.check_name(&sha256);
        said.map_err(|flaw| self.lines.error(flaw.to_string()))?;
        let known = self.needed.get(&sha256).map_or(0, |needed| needed.0);
        if bytes > MEDIA_BYTES_MAX || bytes != known {
            return Err(self
                .lines
                .error(format!("{bytes} bytes, and its post says {known}")));
        }
        let place = Place {
            sha256,
            bytes,
            offset: self.lines.offset(),
        };
        let (mut hash, mut left) = (Sha256::new(), bytes);
        while left > 0 {
            let Some(Line::Bytes(text)) = self.lines.next_line()? else {
                return Err(self.lines.error(format!(
                    "{left} bytes of the picture or film before it are missing"
                )));
            };
            let chunk = STANDARD.decode(&text);
            let chunk = chunk.map_err(|error| self.lines.error(format!("it is not base 64: {error}")))?;
            if chunk.is_empty() || chunk.len() as u64 > left {
                return Err(self
                    .lines
                    .error("the picture or film before it has another number of bytes"));
            }
            hash.update(&chunk);
            left -= chunk.len() as u64;
        }
        if hex(&hash.finalize()) != place.sha256 {
            return Err(self
                .lines
                .error("the picture or film up to here has another hash"));
        }
        self.counts.media += 1;
        self.counts.media_bytes += bytes;
        self.media.insert(place.sha256.clone(), place);
        Ok(())
    }

    fn finish(self, header: Header) -> Result<Gathered, LineError> {
        if let Err((piece, flaw)) = self.import.check_whole() {
            let line = match piece {
                Piece::Post(id) => self.posts.get(&id),
                Piece::Delivery(id) => self.deliveries.get(&id),
            };
            return Err(LineError {
                line: line.copied().unwrap_or(1),
                what: flaw.to_string(),
            });
        }
        let there = |sha256: &String| self.media.contains_key(sha256) || self.missing.contains(sha256);
        if let Some((_, (_, line))) = self.needed.iter().find(|(sha256, _)| !there(sha256)) {
            return Err(LineError {
                line: *line,
                what: "a picture or film of it is not in the file".to_owned(),
            });
        }
        check_counts(&header.counts, &self.counts)?;
        Ok(Gathered {
            header,
            import: self.import,
            media: self.media.into_values().collect(),
            missing: self.missing.into_iter().collect(),
            in_flight: self.in_flight,
            withheld: self.withheld,
        })
    }
}

fn check_counts(said: &Counts, found: &Counts) -> Result<(), LineError> {
    let pairs = said.named().into_iter().zip(found.named());
    for ((what, said), (_, found)) in pairs {
        if said != found {
            return Err(LineError {
                line: 1,
                what: format!("it says {said} {what}, and there are {found}"),
            });
        }
    }
    Ok(())
}

fn flaw<T>(what: impl Into<String>) -> Result<T, Flaw> {
    Err(Flaw(what.into()))
}
