//! The master key and the operator's token: given, found, or made at the first start.

use super::folder::{self, MASTER_KEY, NEW_MASTER_KEY, OPERATOR_TOKEN};
use crate::config::Settings;
use crate::failure::Failure;
use slotbridge_domain::clock::Random;
use slotbridge_domain::keys::KeyKind;
use slotbridge_hub::{Error, Hub, admin::operator_tokens as tokens};
use slotbridge_store::operator_tokens;
use slotbridge_store::seal::MasterKey;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// A new master key as hexadecimal digits.
pub(crate) fn new_master_key(random: &dyn Random) -> String {
    let mut text = String::with_capacity(64);
    for byte in random.bytes::<32>() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The master key, and the one before while it is changed.
pub(super) struct MasterKeys {
    pub(super) present: MasterKey,
    pub(super) previous: Option<MasterKey>,
    /// The file of an embedded store's next key, which is to take the place of the present one's
    /// once the store has it.
    pub(super) next: Option<PathBuf>,
}

/// The store has been opened with the next key: it takes the place of the one before.
pub(super) fn settle(next: &Path) -> Result<(), Failure> {
    folder::replace(next, &next.with_file_name(MASTER_KEY))
}

/// The master keys of these settings; made in the folder of an embedded store that is yet to be.
pub(super) fn master_keys(settings: &Settings, random: &dyn Random) -> Result<MasterKeys, Failure> {
    if let Some(path) = own_file(settings).map(|path| path.with_file_name(NEW_MASTER_KEY))
        && let Some(next) = parse(folder::read(&path)?, &path)?
    {
        let previous = parse(folder::read(&path.with_file_name(MASTER_KEY))?, &path)?;
        return Ok(MasterKeys {
            present: next,
            previous,
            next: Some(path),
        });
    }
    let previous = match (
        &settings.previous_master_key,
        &settings.previous_master_key_file,
    ) {
        (Some(text), _) => MasterKey::from_hex(text),
        (None, Some(path)) => parse(folder::read(path)?, path)?,
        (None, None) => None,
    };
    Ok(MasterKeys {
        present: master_key(settings, random)?,
        previous,
        next: None,
    })
}

/// The key file in the folder of an embedded store, where the settings name no other key.
fn own_file(settings: &Settings) -> Option<PathBuf> {
    let named = settings.master_key.is_some() || settings.master_key_file.is_some();
    let folder = settings
        .folder()
        .filter(|_| settings.database_url.is_none());
    folder
        .filter(|_| !named)
        .map(|folder| folder.join(MASTER_KEY))
}

/// Puts a new master key beside the present one of an embedded store; whoever opens the store next
/// changes to it. A change that was begun is gone on with.
pub(crate) fn prepare_new_master_key(
    settings: &Settings,
    random: &dyn Random,
) -> Result<(), Failure> {
    let Some(path) = own_file(settings) else {
        return Err(Failure::new(
            "the master key comes from the settings, not from the folder of an embedded store: \
             make one with slotbridge keygen master-key, give it as the master key and the present \
             one as SLOTBRIDGE_PREVIOUS_MASTER_KEY, and start every node again",
        ));
    };
    if parse(folder::read(&path)?, &path)?.is_none() {
        return Err(Failure::new(format!(
            "there is no master key in {}: is it the right folder?",
            path.display()
        )));
    }
    // Before anything is written: a server that runs would take up the new key at its next start.
    slotbridge_store::check_free(path.parent().unwrap_or(Path::new(".")))?;
    let next = path.with_file_name(NEW_MASTER_KEY);
    folder::create(&next, &new_master_key(random)).map(drop)
}

/// The master key of these settings; made in the folder of an embedded store that is yet to be.
fn master_key(settings: &Settings, random: &dyn Random) -> Result<MasterKey, Failure> {
    let (folder, path) = match find(settings)? {
        Found::Key(key) => return Ok(key),
        Found::NoneIn(folder, path) => (folder, path),
    };
    if folder::has_store(&folder) {
        return Err(Failure::new(format!(
            "{} has a store, but its master key is gone from {}: put it back, or give it as \
             SLOTBRIDGE_MASTER_KEY; without it the personal data in the store cannot be read",
            folder.display(),
            path.display()
        )));
    }
    let text = folder::create(&path, &new_master_key(random))?;
    parse(Some(text), &path)?.ok_or_else(|| Failure::new("the master key was not written"))
}

/// The master key of these settings, which must be there.
pub(crate) fn existing_master_key(settings: &Settings) -> Result<MasterKey, Failure> {
    match find(settings)? {
        Found::Key(key) => Ok(key),
        Found::NoneIn(_, path) => Err(Failure::new(format!(
            "a backup is restored with the master key that it was made with, and there is none in \
             {}: put it there, or give it as SLOTBRIDGE_MASTER_KEY",
            path.display()
        ))),
    }
}

/// A master key, or the folder and the file of an embedded store in which there is none.
enum Found {
    Key(MasterKey),
    NoneIn(PathBuf, PathBuf),
}

fn find(settings: &Settings) -> Result<Found, Failure> {
    if let Some(text) = &settings.master_key {
        return MasterKey::from_hex(text)
            .map(Found::Key)
            .ok_or_else(|| Failure::new("the master key must be 64 hexadecimal digits"));
    }
    if let Some(path) = &settings.master_key_file {
        let text = folder::read(path)?;
        return parse(text, path).and_then(|key| {
            key.map(Found::Key).ok_or_else(|| {
                Failure::new(format!(
                    "there is no master key in {}: put it there, or make one with slotbridge \
                     keygen master-key",
                    path.display()
                ))
            })
        });
    }
    let (None, Some(folder)) = (&settings.database_url, settings.folder()) else {
        return Err(Failure::new(
            "PostgreSQL needs a master key, which seals personal data: make one with \
                 slotbridge keygen master-key and give it as SLOTBRIDGE_MASTER_KEY or in the file \
                 that master_key_file names; the same on every node",
        ));
    };
    let path = folder.join(MASTER_KEY);
    Ok(match parse(folder::read(&path)?, &path)? {
        Some(key) => Found::Key(key),
        None => Found::NoneIn(folder, path),
    })
}

fn parse(text: Option<String>, path: &Path) -> Result<Option<MasterKey>, Failure> {
    let Some(text) = text else { return Ok(None) };
    match MasterKey::from_hex(&text) {
        Some(key) => Ok(Some(key)),
        None => Err(Failure::new(format!(
            "{} does not hold a master key: 64 hexadecimal digits",
            path.display()
        ))),
    }
}

/// Where an operator finds a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenPlace {
    /// It was given in the settings.
    Settings,
    /// In this file.
    File(PathBuf),
    /// Only whoever made it knows.
    Elsewhere,
}

/// Sees to it that some operator can get in.
pub(super) async fn operator_token(settings: &Settings, hub: &Hub) -> Result<TokenPlace, Failure> {
    if let Some(token) = &settings.operator_token {
        tokens::ensure(hub, token)
            .await
            .map_err(|error| match error {
                Error::Invalid(_) => Failure::new(format!("the operator token: {error}")),
                other => other.into(),
            })?;
        return Ok(TokenPlace::Settings);
    }
    let folder = settings.folder();
    if let Some(folder) = &folder {
        let path = folder.join(OPERATOR_TOKEN);
        if let Some(token) = folder::read(&path)? {
            return from_file(hub, &token, path).await;
        }
    }
    let known = hub.read_global(|tx| Ok(operator_tokens::list(tx)?)).await?;
    if known.iter().any(|token| token.revoked_at.is_none()) {
        return Ok(TokenPlace::Elsewhere);
    }
    let Some(folder) = folder else {
        return Err(Failure::new(
            "no operator could get in: make a token with slotbridge keygen operator-token and \
             give it as SLOTBRIDGE_OPERATOR_TOKEN at this first start",
        ));
    };
    folder::make(&folder)?;
    let path = folder.join(OPERATOR_TOKEN);
    let token = folder::create(&path, &hub.new_key(KeyKind::Operator))?;
    from_file(hub, &token, path).await
}

async fn from_file(hub: &Hub, token: &str, path: PathBuf) -> Result<TokenPlace, Failure> {
    let shown = path.display().to_string();
    if let Err(fault) = KeyKind::Operator.check(token) {
        return Err(Failure::new(format!(
            "{shown} does not hold an operator token: {fault}; put it back, or remove the file"
        )));
    }
    match tokens::ensure(hub, token).await {
        Ok(()) => Ok(TokenPlace::File(path)),
        // It was revoked; the last live token cannot be, so there is another.
        Err(Error::Invalid(_)) => {
            tracing::warn!(path = %shown, "the token in this file was revoked: remove the file");
            Ok(TokenPlace::Elsewhere)
        }
        Err(error) => Err(error.into()),
    }
}
