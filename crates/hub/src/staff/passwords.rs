//! Hashing of passwords: argon2id, outside of any transaction and of the threads that serve calls,
//! a few at a time.

use crate::{Error, Result};
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use slotbridge_domain::clock::Random;
use slotbridge_store::StoreError;
use std::sync::Arc;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// The form of a hash: this byte, the salt, then what argon2id makes of it and the password with 19
/// MiB, two passes and one lane (what OWASP advises). Other parameters would be another byte.
const FORMAT: u8 = 1;
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT: usize = 16;

/// How many are hashed at once, and how many more may wait.
const AT_ONCE: usize = 2;
const WAITING: usize = 30;

/// Whoever hashes passwords.
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            places: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
        }
    }
}

fn hashed(salt: [u8; SALT], password: &str) -> Result<Vec<u8>> {
    let failed = |_| Error::Store(StoreError::Corrupt("hashing a password failed"));
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(32)).map_err(failed)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut hash = [0; 32];
    argon2
        .hash_password_into(password.as_bytes(), &salt, &mut hash)
        .map_err(failed)?;
    let mut all = vec![FORMAT];
    all.extend(salt);
    all.extend(hash);
    Ok(all)
}

impl Passwords {
    /// Waits for a turn and hashes. The hashing keeps its turn and place also when whoever asked has
    /// gone: hanging up makes no room for more.
    async fn hash(&self, salt: [u8; SALT], password: Zeroizing<String>) -> Result<Vec<u8>> {
        let busy = |_| Error::TooManyAttempts { wait_seconds: 5 };
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(busy)?;
        let closed = |_| Error::Store(StoreError::Panicked);
        let turn = Arc::clone(&self.turns);
        let turn = turn.acquire_owned().await.map_err(closed)?;
        tokio::task::spawn_blocking(move || {
            let _until_done = (place, turn);
            hashed(salt, &password)
        })
        .await
        .map_err(|_| Error::Store(StoreError::Panicked))?
    }

    /// The hash of a new password, to be kept.
    pub(crate) async fn keep(
        &self,
        random: &dyn Random,
        password: Zeroizing<String>,
    ) -> Result<Vec<u8>> {
        self.hash(random.bytes(), password).await
    }

    /// Whether a password is the one of which that hash was kept. Without a hash it is none, and to
    /// find that out takes as long.
    pub(crate) async fn is(
        &self,
        kept: Option<&[u8]>,
        password: Zeroizing<String>,
    ) -> Result<bool> {
        let salt = kept
            .filter(|kept| kept.first() == Some(&FORMAT))
            .and_then(|kept| kept.get(1..=SALT)?.try_into().ok());
        let hash = self.hash(salt.unwrap_or_default(), password).await?;
        let same = verify_slices_are_equal(&hash, kept.unwrap_or_default()).is_ok();
        Ok(same && salt.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counted;

    impl Random for Counted {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn text(password: &str) -> Zeroizing<String> {
        Zeroizing::new(password.to_owned())
    }

    #[tokio::test]
    async fn only_the_same_password_matches_and_no_hash_matches_nothing() {
        let passwords = Passwords::default();
        let kept = passwords.keep(&Counted, text("otters sing")).await.unwrap();
        assert_eq!(kept.len(), 1 + SALT + 32);
        assert!(
            passwords
                .is(Some(&kept), text("otters sing"))
                .await
                .unwrap()
        );
        for wrong in ["otters sin", "Otters sing", ""] {
            assert!(!passwords.is(Some(&kept), text(wrong)).await.unwrap());
        }
        assert!(!passwords.is(None, text("otters sing")).await.unwrap());
        let nothing = hashed([0; SALT], "x").unwrap();
        assert!(!passwords.is(Some(&nothing[..20]), text("x")).await.unwrap());
    }

    #[tokio::test]
    async fn no_more_wait_than_have_a_place() {
        let passwords = Passwords::default();
        let all = passwords.places.try_acquire_many(32).unwrap();
        let refused = passwords.is(None, text("x")).await;
        assert!(matches!(refused, Err(Error::TooManyAttempts { .. })));
        drop(all);
        assert!(!passwords.is(None, text("x")).await.unwrap());
    }

    #[tokio::test]
    async fn whoever_hangs_up_makes_no_room_until_the_hashing_is_done() {
        let passwords = Passwords::default();
        {
            let asked = passwords.is(None, text("x"));
            let mut asked = std::pin::pin!(asked);
            let first = std::future::poll_fn(|context| {
                std::task::Poll::Ready(asked.as_mut().poll(context).is_pending())
            });
            assert!(first.await, "it is being hashed");
        }
        assert_eq!(passwords.places.available_permits(), 31);
        assert_eq!(passwords.turns.available_permits(), 1);
        let turns = Arc::clone(&passwords.turns);
        let all = turns.acquire_many(2).await.unwrap();
        drop(all);
        assert_eq!(passwords.places.available_permits(), 32);
    }
}
