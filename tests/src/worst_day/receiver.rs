//! A receiver of webhooks that answers late: it keeps each request waiting until others have come, or until it is told
//! to let all go. What arrives is kept before anything is answered.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use serde_json::Value;

use crate::story::http::{Request, Response, Server};

/// What a receiver does with a request that it has kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It keeps each waiting until so many have come after it.
    Late(usize),
    /// The same, and every so-many-th one gets no answer at all.
    LateAndDeaf(usize, usize),
}

/// A part of a delivery: `POST.N#PART`.
pub type Part = (String, u64);

/// A receiver that runs as long as the test.
#[derive(Debug, Clone)]
pub struct Receiver {
    server: Server,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    came: usize,
    let_go: bool,
    answered: BTreeSet<Part>,
}

impl Receiver {
    /// Starts it.
    #[must_use]
    pub fn start(manner: Manner) -> Receiver {
        let shared = Arc::new(Shared::default());
        let own = Arc::clone(&shared);
        Receiver {
            server: Server::start(move |number, request| own.answer(manner, number, request)),
            shared,
        }
    }

    /// The address of one account.
    #[must_use]
    pub fn url(&self, account: &str) -> String {
        format!("{}/{account}", self.server.url())
    }

    /// From now on it keeps nobody waiting.
    pub fn let_go(&self) {
        self.shared.lock().let_go = true;
        self.shared.changed.notify_all();
    }

    /// What has arrived, in order.
    #[must_use]
    pub fn arrived(&self) -> Vec<Part> {
        self.server.seen().iter().map(part_of).collect()
    }

    /// What has arrived and was not answered.
    #[must_use]
    pub fn unanswered(&self) -> BTreeSet<Part> {
        let arrived = self.arrived();
        let state = self.shared.lock();
        let open = arrived.into_iter().filter(|part| !state.answered.contains(part));
        open.collect()
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, manner: Manner, number: usize, request: &Request) -> Response {
        let (Manner::Late(after) | Manner::LateAndDeaf(after, _)) = manner;
        let mut state = self.lock();
        state.came = state.came.max(number + 1);
        self.changed.notify_all();
        while state.came < number + 1 + after && !state.let_go {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if let Manner::LateAndDeaf(_, every) = manner
            && number % every == every - 1
        {
            return Response::none();
        }
        // Before it is written: what is answered here may be settled from here on.
        state.answered.insert(part_of(request));
        Response::new(200, "{}")
    }
}

fn part_of(request: &Request) -> Part {
    let body: Value = serde_json::from_str(&request.body).expect("a webhook is JSON");
    let delivery = body["data"]["delivery"].as_str().expect("it names its delivery");
    let part = body["data"]["part"].as_u64().expect("it names its part");
    (delivery.to_owned(), part)
}
