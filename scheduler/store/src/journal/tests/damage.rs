//! Files that decayed or that somebody changed.

use super::*;
use crate::journal::frame::{self, Place};

/// A journal of three segments with one entry a frame, and its head.
fn three_segments(disk: &Arc<FaultyDisk>) -> Head {
    let mut journal = new_journal(disk);
    while journal.health().segments < 3 {
        fill(&mut journal, 1, 900);
    }
    fill(&mut journal, 1, 900);
    journal.head()
}

/// What opening after a change of one file says.
fn open_with(disk: &Arc<FaultyDisk>, name: &str, bytes: Vec<u8>) -> Result<OpenReport, JournalError> {
    disk.replace(name, bytes);
    reopen(disk).map(|(_, report)| report)
}

#[test]
fn a_broken_frame_in_the_middle_is_named_and_nothing_is_changed() {
    let disk = Arc::new(FaultyDisk::new());
    three_segments(&disk);
    let name = segment_name(1);
    let mut bytes = disk.contents(&name).unwrap();
    // Frames of 900 bytes take 1024; the second begins at 1536.
    bytes[1700] ^= 1;
    let found = open_with(&disk, &name, bytes.clone()).unwrap_err();
    assert!(
        matches!(
            found,
            JournalError::BrokenFrame {
                segment: 1,
                offset: 1536,
                seq_expected: 2
            }
        ),
        "{found}"
    );
    assert_eq!(disk.contents(&name).unwrap(), bytes);
    let read: Vec<_> = JournalReader::open_on(shared(&disk))
        .unwrap()
        .entries_from(1)
        .collect();
    assert!(read.len() == 2 && read[0].is_ok() && read[1].is_err());
}

#[test]
fn a_broken_last_frame_of_a_middle_segment_is_named() {
    let disk = Arc::new(FaultyDisk::new());
    three_segments(&disk);
    let name = segment_name(1);
    let mut bytes = disk.contents(&name).unwrap();
    bytes[512 + 2 * 1024 + 100] ^= 1;
    let found = open_with(&disk, &name, bytes).unwrap_err();
    assert!(
        matches!(
            found,
            JournalError::BrokenFrame {
                segment: 1,
                offset: 2560,
                seq_expected: 3
            }
        ),
        "{found}"
    );
}

#[test]
fn any_flipped_bit_in_acknowledged_data_is_detected() {
    let disk = Arc::new(FaultyDisk::new());
    let head = three_segments(&disk);
    for number in segment_numbers(disk.as_ref()).unwrap() {
        let name = segment_name(number);
        let intact = disk.contents(&name).unwrap();
        for at in 0..intact.len() {
            let mut bytes = intact.clone();
            bytes[at] ^= 1 << (at % 8);
            match open_with(&disk, &name, bytes) {
                Err(_) => {}
                Ok(report) if report.cut.is_none() => assert_eq!(report.head, head),
                Ok(report) => assert!(number == 3 && report.head.last_seq + 1 >= head.last_seq),
            }
        }
        disk.replace(&name, intact);
    }
    assert_eq!(reopen(&disk).unwrap().1.head, head);
}

#[test]
fn a_flipped_bit_in_the_last_frame_is_an_error_for_who_has_applied_it() {
    let disk = Arc::new(FaultyDisk::new());
    let head = three_segments(&disk);
    let name = segment_name(3);
    let intact = disk.contents(&name).unwrap();
    // The last frame is the second of its segment.
    for at in 1536..1536 + 900 {
        let mut bytes = intact.clone();
        bytes[at] ^= 0x10;
        disk.replace(&name, bytes.clone());
        let options = JournalOptions {
            applied_seq: Some(head.last_seq),
            ..small()
        };
        let found = Journal::open_on(shared(&disk), options).unwrap_err();
        assert!(matches!(found, JournalError::LostBeyondApplied { .. }), "{found}");
        assert_eq!(disk.contents(&name).unwrap(), bytes);
    }
}

#[test]
fn a_changed_frame_with_a_right_checksum_breaks_the_chain() {
    let disk = Arc::new(FaultyDisk::new());
    three_segments(&disk);
    let name = segment_name(1);
    let mut bytes = disk.contents(&name).unwrap();
    let honest = frame::Frame::decode(&bytes[512..], 1).unwrap();
    let place = Place {
        generation: 1,
        first_seq: 1,
        prev_hash: honest.prev_hash,
    };
    let (forged, _) = frame::encode(&[entry(9, 900)], &place, 1024);
    bytes[512..1536].copy_from_slice(&forged);
    let found = open_with(&disk, &name, bytes).unwrap_err();
    assert!(
        matches!(
            found,
            JournalError::ChainMismatch {
                segment: 1,
                offset: 1536,
                seq: 2
            }
        ),
        "{found}"
    );
}

#[test]
fn a_frame_of_an_unknown_version_is_not_cut() {
    let disk = Arc::new(FaultyDisk::new());
    fill(&mut new_journal(&disk), 1, 900);
    let name = segment_name(1);
    let mut bytes = disk.contents(&name).unwrap();
    bytes[512 + 8] = 2;
    let len = 72 + entry(1, 900).len();
    let crc = crc32c::crc32c_append(crc32c::crc32c(&bytes[512..580]), &bytes[584..512 + len]);
    bytes[580..584].copy_from_slice(&crc.to_le_bytes());
    let found = open_with(&disk, &name, bytes).unwrap_err();
    assert!(
        matches!(
            found,
            JournalError::UnknownVersion {
                segment: 1,
                offset: 512,
                version: 2
            }
        ),
        "{found}"
    );
}

#[test]
fn missing_and_foreign_segments_are_errors() {
    let disk = Arc::new(FaultyDisk::new());
    three_segments(&disk);
    let second = disk.contents(&segment_name(2)).unwrap();
    disk.remove(&segment_name(2)).unwrap();
    assert!(matches!(
        reopen(&disk),
        Err(JournalError::MissingSegment { segment: 2 })
    ));
    let other = Arc::new(FaultyDisk::new());
    let mut journal = Journal::create_on(shared(&other), [7; 16], small()).unwrap();
    fill(&mut journal, 4, 900);
    let foreign = other.contents(&segment_name(2)).unwrap();
    assert!(matches!(
        open_with(&disk, &segment_name(2), foreign),
        Err(JournalError::BrokenHeader { segment: 2 })
    ));
    assert!(open_with(&disk, &segment_name(2), second).is_ok());
}

#[test]
fn a_truncated_last_segment_is_a_tail() {
    let disk = Arc::new(FaultyDisk::new());
    let mut journal = new_journal(&disk);
    fill(&mut journal, 2, 900);
    let bytes = disk.contents(&segment_name(1)).unwrap();
    let report = open_with(&disk, &segment_name(1), bytes[..2100].to_vec()).unwrap();
    assert_eq!((report.entries, report.cut.is_some()), (1, true));
    let (mut journal, _) = reopen(&disk).unwrap();
    fill(&mut journal, 5, 900);
    assert_eq!(reopen(&disk).unwrap().1.entries, 6);
}

/// A valid frame with the right sequence, but of another generation.
fn frame_of_a_former_life() -> Vec<u8> {
    let place = Place {
        generation: 0,
        first_seq: 2,
        prev_hash: Hash::genesis(&STORE_ID),
    };
    frame::encode(&[entry(2, 900)], &place, 1024).0
}

#[test]
fn a_torn_tail_of_each_kind_is_cut_and_written_over() {
    for kind in 0..4_u8 {
        let disk = Arc::new(FaultyDisk::new());
        let mut journal = new_journal(&disk);
        fill(&mut journal, 2, 900);
        let name = segment_name(1);
        let mut bytes = disk.contents(&name).unwrap();
        match kind {
            0 => bytes[1536..2048].fill(0),
            1 => bytes[2048..2560].fill(0),
            2 => bytes[1536..2560].fill_with(|| 0xa5),
            _ => bytes[1536..2560].copy_from_slice(&frame_of_a_former_life()),
        }
        let report = open_with(&disk, &name, bytes).unwrap();
        assert_eq!(report.entries, 1, "kind {kind}");
        // A tail whose first sector was never written looks like a clean end.
        assert_eq!(
            report.cut.map(|cut| (cut.segment, cut.offset)),
            (kind > 0).then_some((1, 1536))
        );
        let (mut journal, report) = reopen(&disk).unwrap();
        assert_eq!(report.cut, None);
        fill(&mut journal, 4, 900);
        assert_eq!(reopen(&disk).unwrap().1.entries, 5);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn random_files_never_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..3000),
        keep_header in any::<bool>(),
        number in 1..4_u64,
    ) {
        let disk = Arc::new(FaultyDisk::new());
        three_segments(&disk);
        let mut all_bytes = disk.contents(&segment_name(number)).unwrap();
        all_bytes.truncate(if keep_header { SECTOR } else { 0 });
        all_bytes.extend(bytes);
        disk.replace(&segment_name(number), all_bytes.clone());
        disk.replace("spare-00000009.seg", all_bytes);
        let reader = JournalReader::open_on(shared(&disk)).unwrap();
        reader.entries_from(2).for_each(drop);
        drop(reader.head());
        if let Ok((mut journal, _)) = reopen(&disk) {
            fill(&mut journal, 6, 900);
            prop_assert!(reopen(&disk).is_ok());
        }
    }

    #[test]
    fn random_changes_of_a_frame_never_panic(
        changes in prop::collection::vec((512..3000_usize, any::<u8>()), 1..8),
        fix_checksum in any::<bool>(),
    ) {
        let disk = Arc::new(FaultyDisk::new());
        three_segments(&disk);
        let mut bytes = disk.contents(&segment_name(3)).unwrap();
        changes.into_iter().for_each(|(at, byte)| bytes[at] = byte);
        let end = 584 + usize::try_from(frame::u32_at(&bytes, 544)).unwrap();
        if fix_checksum && end <= bytes.len() {
            let crc = crc32c::crc32c_append(crc32c::crc32c(&bytes[512..580]), &bytes[584..end]);
            bytes[580..584].copy_from_slice(&crc.to_le_bytes());
        }
        disk.replace(&segment_name(3), bytes);
        JournalReader::open_on(shared(&disk)).unwrap().entries_from(1).for_each(drop);
        drop(reopen(&disk));
    }
}
