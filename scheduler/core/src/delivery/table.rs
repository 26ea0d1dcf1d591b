//! Which moves each state allows, as data: the code checks it, and the drawing is made from it.

use std::fmt::Write as _;

use super::StateName::{self, *};

/// The names of the moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each name is documented at Move")]
pub enum MoveName {
    Queue,
    Stage,
    Unstage,
    Fence,
    PartPublished,
    NotSent,
    Refuse,
    LoseTrack,
    LookAgain,
    Hold,
    Miss,
    Release,
    Reschedule,
    Edit,
    Approve,
    Cancel,
    BeginRetract,
    PartGone,
}

impl MoveName {
    /// All of them.
    pub const ALL: [MoveName; 18] = [
        MoveName::Queue,
        MoveName::Stage,
        MoveName::Unstage,
        MoveName::Fence,
        MoveName::PartPublished,
        MoveName::NotSent,
        MoveName::Refuse,
        MoveName::LoseTrack,
        MoveName::LookAgain,
        MoveName::Hold,
        MoveName::Miss,
        MoveName::Release,
        MoveName::Reschedule,
        MoveName::Edit,
        MoveName::Approve,
        MoveName::Cancel,
        MoveName::BeginRetract,
        MoveName::PartGone,
    ];

    /// The word in the journal and in the drawing.
    pub fn name(self) -> &'static str {
        match self {
            MoveName::Queue => "queue",
            MoveName::Stage => "stage",
            MoveName::Unstage => "unstage",
            MoveName::Fence => "fence",
            MoveName::PartPublished => "part_published",
            MoveName::NotSent => "not_sent",
            MoveName::Refuse => "refuse",
            MoveName::LoseTrack => "lose_track",
            MoveName::LookAgain => "look_again",
            MoveName::Hold => "hold",
            MoveName::Miss => "miss",
            MoveName::Release => "release",
            MoveName::Reschedule => "reschedule",
            MoveName::Edit => "edit",
            MoveName::Approve => "approve",
            MoveName::Cancel => "cancel",
            MoveName::BeginRetract => "begin_retract",
            MoveName::PartGone => "part_gone",
        }
    }
}

/// Each row: the move, the states it may start from, the states it may lead to.
const ROWS: &[(MoveName, &[StateName], &[StateName])] = &[
    (MoveName::Queue, &[Draft], &[Scheduled]),
    (MoveName::Stage, &[Scheduled, RetryAt], &[Staged]),
    (MoveName::Unstage, &[Scheduled, Staged, RetryAt], &[Scheduled]),
    (MoveName::Fence, &[Scheduled, Staged, RetryAt], &[Attempting]),
    (
        MoveName::PartPublished,
        &[Attempting, Unknown],
        &[Scheduled, Published],
    ),
    (
        MoveName::NotSent,
        &[Attempting, Unknown, Scheduled, Staged, RetryAt],
        &[RetryAt],
    ),
    (
        MoveName::Refuse,
        &[Attempting, Scheduled, Staged, RetryAt],
        &[Failed],
    ),
    (MoveName::LoseTrack, &[Attempting], &[Unknown]),
    (MoveName::LookAgain, &[Unknown], &[Unknown]),
    (
        MoveName::Hold,
        &[Draft, Scheduled, Staged, RetryAt, Held],
        &[Held],
    ),
    (
        MoveName::Miss,
        &[Scheduled, Staged, RetryAt, Attempting, Held],
        &[Missed],
    ),
    (MoveName::Release, &[Held, Missed, Failed, Unknown], &[Scheduled]),
    (MoveName::Reschedule, &[Draft], &[Draft]),
    (
        MoveName::Reschedule,
        &[Scheduled, Staged, RetryAt, Held, Missed],
        &[Scheduled],
    ),
    (MoveName::Edit, &[Draft], &[Draft]),
    (MoveName::Edit, &[Scheduled, Staged, RetryAt], &[Scheduled]),
    (MoveName::Edit, &[Held], &[Held]),
    (MoveName::Edit, &[Missed], &[Missed]),
    (MoveName::Edit, &[Failed], &[Failed]),
    (
        MoveName::Approve,
        &[Scheduled, Staged, RetryAt, Held],
        &[Scheduled],
    ),
    (
        MoveName::Cancel,
        &[Draft, Scheduled, Staged, RetryAt, Held, Missed, Unknown, Failed],
        &[Cancelled],
    ),
    (MoveName::BeginRetract, &[Published], &[Published]),
    (
        MoveName::BeginRetract,
        &[Cancelled, Scheduled, Staged, RetryAt, Held, Missed, Failed],
        &[Cancelled],
    ),
    (MoveName::PartGone, &[Published], &[Published, Gone]),
    (MoveName::PartGone, &[Cancelled], &[Cancelled, Gone]),
];

/// Where this move may lead from this state; empty = it is not allowed.
pub fn targets(from: StateName, by: MoveName) -> &'static [StateName] {
    let row = ROWS
        .iter()
        .find(|(mv, froms, _)| *mv == by && froms.contains(&from));
    row.map_or(&[], |(_, _, tos)| tos)
}

/// The table as a Mermaid state diagram; `docs/state-machine.md` holds it.
pub fn drawing() -> String {
    let mut text = String::from("stateDiagram-v2\n    [*] --> draft\n    [*] --> scheduled\n");
    for from in StateName::ALL {
        for to in StateName::ALL {
            let by: Vec<_> = MoveName::ALL
                .into_iter()
                .filter(|m| targets(from, *m).contains(&to))
                .map(MoveName::name)
                .collect();
            if !by.is_empty() {
                let _ = writeln!(text, "    {from} --> {to}: {}", by.join(", "));
            }
        }
    }
    for end in StateName::ALL.into_iter().filter(|s| s.is_end()) {
        let _ = writeln!(text, "    {end} --> [*]");
    }
    text
}
