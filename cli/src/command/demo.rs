//! `demo`: the main job in one minute, on the embedded store and the outbox, without any account.

use std::path::{Path, PathBuf};
use std::time::Duration;

use soundpost_core::account::CredentialRef;
use soundpost_core::address::Address;
use soundpost_core::delivery::StateName;
use soundpost_core::event::Severity;
use soundpost_core::halt::{HaltOrder, Scope};
use soundpost_core::id::OrderId;
use soundpost_core::intake::Draft;
use soundpost_core::post::{Audience, Category, Content, Part};
use tokio::sync::watch;

use super::{Ctx, init};
use crate::app::error::{AppError, Kind};
use crate::args;
use crate::control::protocol::{AccountAsk, Answer, Ask, EventAsk, PostAsk, Posted, QueueAsk, ResumeAsk};
use crate::daemon::lanes;
use crate::exit_code::ExitCode;
use crate::output::paragraph;
use crate::render;
use crate::wire_up::{self, OpenError, Wired};

/// How long the demo waits for a post to go out.
const SENT_MAX: Duration = Duration::from_secs(20);
/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long it watches the outbox while everything is paused.
const SILENCE: Duration = Duration::from_secs(3);

struct Stage<'a> {
    ctx: &'a Ctx,
    wired: &'a Wired,
    folder: PathBuf,
    outbox: PathBuf,
}

/// `demo`.
///
/// # Errors
/// [`AppError`] when its folder cannot be written.
pub async fn demo(ctx: &Ctx, args: args::Demo) -> Result<ExitCode, AppError> {
    let folder = folder(ctx, args.folder)?;
    let home = folder.join("home");
    init::create(&home, &ctx.surroundings, None)?;
    let wired = wire_up::open(&home, &ctx.surroundings, None).map_err(|error| match error {
        OpenError::Owned(owner) => AppError::conflict(format!("the demo's queue is in use ({owner})")),
        OpenError::Other(error) => error,
    })?;
    let (stop, stopping) = watch::channel(false);
    let lanes = lanes::spawn(&wired.app.env, 4, &stopping);
    let outbox = folder.join("outbox");
    let stage = Stage {
        ctx,
        wired: &wired,
        folder: folder.clone(),
        outbox,
    };
    let played = stage.play().await;
    let _ = stop.send(true);
    lanes::join(lanes).await;
    wired.close().await;
    played.map(|()| ExitCode::Ok)
}

fn folder(ctx: &Ctx, wanted: Option<PathBuf>) -> Result<PathBuf, AppError> {
    let name = format!("soundpost-demo-{:08x}", ctx.surroundings.entropy.u64() as u32);
    let folder = wanted.unwrap_or_else(|| std::env::temp_dir().join(name));
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    if folder.join("home").exists() {
        return Err(
            AppError::conflict(format!("there was a demo in {} before", folder.display()))
                .help("name another --folder"),
        );
    }
    std::fs::create_dir_all(&folder)
        .map_err(|e| AppError::new(Kind::Store, format!("cannot make {}: {e}", folder.display())))?;
    Ok(folder)
}

impl Stage<'_> {
    async fn play(&self) -> Result<(), AppError> {
        self.tell("1. Two accounts, no network: an outbox account writes each post into a folder.");
        self.account("shop").await?;
        self.account("club").await?;
        self.queue_and_publish().await?;
        let held = self.flag().await?;
        self.pause_and_resume().await?;
        self.tell("6. The whole story of the post that was held:");
        self.show(Ask::Why { id: held }).await?;
        self.close();
        Ok(())
    }

    async fn queue_and_publish(&self) -> Result<(), AppError> {
        self.tell("2. Posts are queued. Two are due now, one of them a thread; two are for later.");
        let hello = self
            .post(
                &["Our new strings are here: warm, clear, and hand-wound."],
                "@all",
                "now",
                Category::Product,
            )
            .await?;
        let thread = self
            .post(
                &[
                    "Three things nobody tells you about violins.",
                    "One: the bow matters more.",
                    "Two: the small post inside carries the voice.",
                ],
                "shop",
                "now",
                Category::Info,
            )
            .await?;
        self.post(
            &["See you at our summer party in Oslo! Free ice cream for all."],
            "shop",
            "+40m",
            Category::Promo,
        )
        .await?;
        self.post(
            &["Care for your bow: loosen it after playing."],
            "club",
            "+50m",
            Category::Info,
        )
        .await?;
        self.published(&hello).await?;
        self.published(&thread).await?;
        self.say("The due ones are out. What still waits:");
        self.show(Ask::Queue(QueueAsk::default())).await
    }

    /// Flags an event and returns the id of a delivery that it holds.
    async fn flag(&self) -> Result<String, AppError> {
        self.tell("3. Then the world changes. Somebody types:");
        let typed = "event flag \"Shooting in Oslo\" --severity high";
        self.list(&[render::command(&self.ctx.screen, 2, typed)]);
        let ask = EventAsk {
            title: "Shooting in Oslo".to_owned(),
            severity: Some(Severity::High),
            ..EventAsk::default()
        };
        let answer = self.ask(Ask::EventFlag(Box::new(ask))).await?;
        self.ctx.show(&answer);
        match answer {
            Answer::EventChanged(changed) => match changed.held.first() {
                Some(held) => Ok(held.id.to_string()),
                None => Err(AppError::conflict("the demo's event held nothing")),
            },
            _ => Err(AppError::conflict("the demo got an answer of another kind")),
        }
    }

    async fn pause_and_resume(&self) -> Result<(), AppError> {
        self.tell("4. Still, somebody is not sure, and stops everything:");
        self.list(&["  soundpost pause \"what is going on?\"\n".to_owned()]);
        let order = self.order("what is going on?");
        self.wired
            .switch
            .order(&order)
            .map_err(|e| AppError::new(Kind::Store, e.to_string()))?;
        self.show(Ask::Pause(order)).await?;
        let before = self.folders();
        let late = self
            .post(
                &["Tonight only: tune-ups at half price."],
                "club",
                "now",
                Category::Info,
            )
            .await?;
        self.list(&[String::new()]);
        self.say("A post that is due right now was queued after the pause. For three seconds we watch the outbox ...");
        tokio::time::sleep(SILENCE).await;
        let after = self.folders();
        self.say(&format!(
            "{} folders before, {} after: nothing went out.",
            before.len(),
            after.len()
        ));
        self.tell("5. Later:  soundpost resume  shows a plan first, and sends nothing by itself.");
        let plan = self.ask(Ask::ResumePlan(ResumeAsk::default())).await?;
        self.ctx.show(&plan);
        let Answer::Plan(view) = plan else {
            return Err(AppError::conflict("the demo got an answer of another kind"));
        };
        self.list(&[format!(
            "\nIt reads well, so:\n  soundpost resume --apply --plan {}\n",
            view.number
        )]);
        self.show(Ask::ResumeApply {
            plan: Box::new(view.plan),
        })
        .await?;
        self.published(&late).await
    }

    fn close(&self) {
        self.tell("That was the main job.");
        let mut lines = vec![
            "Look at what was published:".to_owned(),
            format!("  {}", self.outbox.display()),
        ];
        lines.extend(self.folders().iter().map(|folder| format!("    {folder}")));
        lines.push("Go on with this queue:".to_owned());
        lines.push(format!(
            "  soundpost --home {} queue",
            self.folder.join("home").display()
        ));
        self.list(&lines);
    }

    async fn account(&self, name: &str) -> Result<(), AppError> {
        let ask = AccountAsk {
            network: "outbox".to_owned(),
            name: name.to_owned(),
            server: Some(Address::new(self.outbox.join(name).to_string_lossy())),
            identity: None,
            credential: CredentialRef::None,
            zone: "Europe/Oslo".to_owned(),
            audience: Audience {
                countries: vec!["NO".to_owned(), "DE".to_owned()],
                ..Audience::default()
            },
            language: Some("en".to_owned()),
            category: None,
            groups: vec!["all".to_owned()],
            settings: Vec::new(),
            verify: true,
        };
        self.show(Ask::AccountAdd(Box::new(ask))).await
    }

    async fn post(
        &self,
        texts: &[&str],
        to: &str,
        when: &str,
        category: Category,
    ) -> Result<Posted, AppError> {
        let part = |text: &&str| Part {
            text: (*text).to_owned(),
            ..Part::default()
        };
        let draft = Draft {
            content: Content {
                parts: texts.iter().map(part).collect(),
                ..Content::default()
            },
            to: vec![to.to_owned()],
            when: when.to_owned(),
            category: Some(category),
            same_text: true,
            ..Draft::default()
        };
        match self
            .ask(Ask::Post(Box::new(PostAsk { draft, now: false })))
            .await?
        {
            Answer::Posted(posted) => {
                for view in &posted.deliveries {
                    self.say(&format!(
                        "  \"{}\" to {}, {}",
                        view.excerpt, view.account, view.due_shown
                    ));
                }
                Ok(posted)
            }
            _ => Err(AppError::conflict("the demo got an answer of another kind")),
        }
    }

    /// Waits until all deliveries of a post are public.
    async fn published(&self, posted: &Posted) -> Result<(), AppError> {
        let deadline = tokio::time::Instant::now() + SENT_MAX;
        for view in &posted.deliveries {
            loop {
                let delivery = self.wired.app.env.store.delivery(view.id).await?;
                if delivery.is_some_and(|d| d.state_name() == StateName::Published) {
                    break;
                }
                if tokio::time::Instant::now() > deadline {
                    return Err(AppError::new(
                        Kind::Network,
                        format!("{} did not go out in time", view.id),
                    ));
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
        Ok(())
    }

    fn order(&self, reason: &str) -> HaltOrder {
        let at = self.ctx.surroundings.clock.now();
        let id = OrderId::new(at, &*self.ctx.surroundings.entropy);
        HaltOrder {
            id,
            scope: Scope::Everything,
            reason: reason.to_owned(),
            who: self.ctx.who.clone(),
            at,
            review_at: None,
        }
    }

    /// The folders of what was published, by account.
    fn folders(&self) -> Vec<String> {
        let mut found = Vec::new();
        for account in ["club", "shop"] {
            found.extend(
                list(&self.outbox.join(account))
                    .into_iter()
                    .map(|name| format!("{account}/{name}")),
            );
        }
        found
    }

    async fn ask(&self, ask: Ask) -> Result<Answer, AppError> {
        self.wired.app.answer(&self.ctx.who, ask).await
    }

    async fn show(&self, ask: Ask) -> Result<(), AppError> {
        let answer = self.ask(ask).await?;
        self.ctx.show(&answer);
        Ok(())
    }

    fn tell(&self, text: &str) {
        if self.ctx.screen.json {
            return;
        }
        let text = paragraph(text, self.ctx.screen.width, 0);
        self.ctx
            .say(&format!("\n{}\n", self.ctx.screen.styles().bold(text.trim_end())));
    }

    fn say(&self, text: &str) {
        if !self.ctx.screen.json {
            let indent = text.len() - text.trim_start().len();
            self.ctx
                .say(&paragraph(text.trim_start(), self.ctx.screen.width, indent));
        }
    }

    /// Lines as they are: paths and commands to copy.
    fn list(&self, lines: &[String]) {
        if !self.ctx.screen.json {
            self.ctx.say(&lines.join("\n"));
        }
    }
}

/// The published folders of one account; hidden ones are unfinished.
fn list(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let names = entries
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names
        .filter(|n| !n.starts_with('.') && n != "retracted")
        .collect();
    names.sort();
    names
}
