//! No way of failing shows a secret.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use jiff::Timestamp;
use soundpost_core::account::AccountStatus;
use soundpost_core::id::{AccountId, Id};
use soundpost_core::post::Audience;
use tempfile::{TempDir, tempdir};

use super::*;

const NEEDLE: &str = "needle-7f3a";

fn account(credential: CredentialRef) -> Account {
    Account {
        id: AccountId(Id::from_u128(7)),
        name: "shop".to_owned(),
        network: "outbox".to_owned(),
        server: None,
        identity: None,
        credential,
        zone: "Europe/Berlin".to_owned(),
        audience: Audience::default(),
        language: None,
        category: None,
        groups: Vec::new(),
        settings: BTreeMap::new(),
        rules: soundpost_core::guard::rules::settings::AccountRules::default(),
        status: AccountStatus::Active,
        added_at: Timestamp::UNIX_EPOCH,
        shadow: None,
    }
}

fn file(content: &[u8], mode: u32) -> (TempDir, Account) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("password");
    fs::write(&path, content).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    let account = account(CredentialRef::File(path.display().to_string()));
    (folder, account)
}

fn failure(folder: &TempDir, account: &Account) -> String {
    let why = FileVault::open(folder.path()).credential(account).unwrap_err();
    assert!(!why.contains(NEEDLE) && why.contains("'shop'"), "{why}");
    why
}

#[test]
fn a_private_file_is_read_without_its_last_newline() {
    let (folder, account) = file(b"needle-7f3a\r\n", 0o400);
    let secret = FileVault::open(folder.path()).credential(&account).unwrap();
    assert_eq!(secret.reveal(), NEEDLE);
    assert!(!format!("{secret:?}").contains(NEEDLE));
}

#[test]
fn an_open_file_is_refused_and_the_remedy_named() {
    for mode in [0o640, 0o604, 0o620, 0o777] {
        let (folder, account) = file(NEEDLE.as_bytes(), mode);
        let why = failure(&folder, &account);
        assert!(why.contains("chmod 600") && why.contains("password"), "{why}");
    }
}

#[test]
fn a_file_that_is_missing_empty_binary_large_or_a_folder_is_refused() {
    for content in [b"\n".to_vec(), vec![0xff, 0xfe], vec![b'a'; 65 * 1024]] {
        let (folder, account) = file(&content, 0o600);
        assert!(failure(&folder, &account).contains("password"));
    }
    let folder = tempdir().unwrap();
    let path = folder.path().display().to_string();
    assert!(failure(&folder, &account(CredentialRef::File(path.clone()))).contains("is not a file"));
    assert!(failure(&folder, &account(CredentialRef::File(path + "/none"))).contains("cannot be opened"));
    assert!(failure(&folder, &account(CredentialRef::File("here".into()))).contains("full path"));
}

#[test]
fn the_environment_is_asked_by_name() {
    let folder = tempdir().unwrap();
    let vault = FileVault::open(folder.path());
    let set = account(CredentialRef::Env("CARGO_PKG_NAME".to_owned()));
    assert_eq!(vault.credential(&set).unwrap().reveal(), "soundpost-cli");
    let unset = account(CredentialRef::Env("SOUNDPOST_NOT_SET_ANYWHERE".to_owned()));
    assert!(failure(&folder, &unset).contains("SOUNDPOST_NOT_SET_ANYWHERE is not set"));
    assert_eq!(
        vault.credential(&account(CredentialRef::None)).unwrap().reveal(),
        ""
    );
}

#[test]
fn a_session_is_kept_in_a_private_file_and_the_last_one_counts() {
    let folder = tempdir().unwrap();
    let (vault, account) = (FileVault::open(folder.path()), account(CredentialRef::None));
    assert_eq!(vault.session(&account), None);
    vault.save_session(&account, &Secret::new("first")).unwrap();
    vault.save_session(&account, &Secret::new(NEEDLE)).unwrap();
    assert_eq!(vault.session(&account), Some(Secret::new(NEEDLE)));
    let path = folder.path().join("secrets").join(format!("{}.json", account.id));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode(&path), mode(&folder.path().join("secrets"))),
        (0o600, 0o700)
    );
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn an_address_is_kept_like_a_session_and_forgotten_with_the_account() {
    let folder = tempdir().unwrap();
    let (vault, account) = (FileVault::open(folder.path()), account(CredentialRef::None));
    let lost = vault.address(&account).unwrap_err();
    assert!(
        lost.contains("soundpost account login shop --server URL"),
        "{lost}"
    );
    let address = Secret::new(format!("https://example.com/{NEEDLE}"));
    vault.save_address(&account, &address).unwrap();
    vault.save_session(&account, &Secret::new("session")).unwrap();
    assert_eq!(vault.address(&account), Ok(address));
    let secrets = folder.path().join("secrets");
    assert_eq!(mode(&secrets.join(format!("{}.address", account.id))), 0o600);
    vault.forget(&account).unwrap();
    vault.forget(&account).unwrap();
    assert_eq!(fs::read_dir(&secrets).unwrap().count(), 0);
    assert!(vault.address(&account).is_err() && vault.session(&account).is_none());
}

#[test]
fn a_folder_of_secrets_that_is_open_is_named_and_closed_before_anything_is_saved() {
    let folder = tempdir().unwrap();
    let secrets = folder.path().join("secrets");
    assert!(open_secrets(folder.path()).is_empty(), "there is none yet");
    fs::create_dir(&secrets).unwrap();
    fs::set_permissions(&secrets, Permissions::from_mode(0o755)).unwrap();
    let (vault, account) = (FileVault::open(folder.path()), account(CredentialRef::None));
    assert!(open_secrets(folder.path())[0].contains("chmod 700"));
    vault.save_session(&account, &Secret::new(NEEDLE)).unwrap();
    assert_eq!(mode(&secrets), 0o700);
    assert!(open_secrets(folder.path()).is_empty());
    let path = secrets.join(format!("{}.json", account.id));
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    assert!(open_secrets(folder.path())[0].contains("chmod 600"));
    assert_eq!(vault.session(&account), None, "what others may read is not used");
}

#[test]
fn a_session_that_cannot_be_saved_says_so_without_it() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("secrets"), "in the way").unwrap();
    let vault = FileVault::open(folder.path());
    let why = vault
        .save_session(&account(CredentialRef::None), &Secret::new(NEEDLE))
        .unwrap_err();
    assert!(why.contains("cannot be saved") && !why.contains(NEEDLE), "{why}");
}
