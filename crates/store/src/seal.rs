//! Sealing of personal data and the hierarchy of its keys.
//!
//! ```text
//! master key (environment, file)
//!   wraps a key per practice (practices.wrapped_key)
//!     both give the practice's sealing key, which is kept nowhere
//!       wraps a data key per booking (bookings.data_key)
//!         seals its person and what the PMS said of it
//! ```
//!
//! AES-256-GCM throughout; what is sealed says in its associated data what it is and whose, so
//! that a blob moved to another row does not open. What must be searched has a blind index: an
//! HMAC under a key derived from the practice's.
//!
//! Destroying a wrapped key destroys what it seals: in the store and its log at once, and in older
//! backups as soon as the master key of that time is no more. For a new master key gives every
//! practice a new sealing key, and whatever is left is sealed anew under it (`rotate.rs`): neither
//! the new keys nor the store open what a backup holds of somebody who was erased.

use crate::{Result, StoreError};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use parking_lot::Mutex;
use slotbridge_domain::clock::Random;
use slotbridge_domain::ids::{BookingId, PracticeId};
use std::collections::HashMap;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The form of a sealed blob: this byte, the nonce, then cipher text and tag.
const FORMAT: u8 = 1;
const NONCE: usize = 12;
/// How much longer a blob is than what is sealed in it.
const OVERHEAD: usize = 1 + NONCE + 16;
/// How many practices' keys are kept unwrapped.
const CACHE: usize = 100_000;

const UNREADABLE: StoreError = StoreError::Corrupt("a sealed value that this key does not open");

struct Aead(LessSafeKey);

impl Aead {
    fn new(key: &[u8; 32]) -> Result<Self> {
        UnboundKey::new(&AES_256_GCM, key)
            .map(|key| Self(LessSafeKey::new(key)))
            .map_err(|_| UNREADABLE)
    }

    fn seal(&self, nonce: [u8; NONCE], context: &str, plain: &[u8]) -> Result<Vec<u8>> {
        let mut own = Vec::with_capacity(plain.len() + OVERHEAD);
        own.extend_from_slice(plain);
        self.seal_owned(nonce, context, own)
    }

    /// Seals in place: nothing is copied if there are [`OVERHEAD`] bytes of room left.
    fn seal_owned(&self, nonce: [u8; NONCE], context: &str, mut text: Vec<u8>) -> Result<Vec<u8>> {
        text.reserve_exact(OVERHEAD);
        self.0
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context),
                &mut text,
            )
            .map_err(|_| StoreError::Corrupt("sealing failed"))?;
        text.splice(0..0, std::iter::once(FORMAT).chain(nonce));
        Ok(text)
    }

    fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let (head, cipher) = sealed.split_at_checked(1 + NONCE).ok_or(UNREADABLE)?;
        let nonce = match head {
            [FORMAT, nonce @ ..] => Nonce::try_assume_unique_for_key(nonce),
            _ => return Err(UNREADABLE),
        };
        let mut plain = Zeroizing::new(cipher.to_vec());
        let length = self
            .0
            .open_in_place(
                nonce.map_err(|_| UNREADABLE)?,
                Aad::from(context),
                &mut plain,
            )
            .map_err(|_| UNREADABLE)?
            .len();
        plain.truncate(length);
        Ok(plain)
    }
}

/// The master key: 32 bytes from the environment or a file, never in the store.
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// Takes the bytes of a master key.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads 64 hexadecimal digits, as the environment and the key file hold them.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        let mut bytes = Zeroizing::new([0; 32]);
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// What tells this key from others and says nothing about it: 16 hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &*self.0);
        let tag = hmac::sign(&key, b"slotbridge master key fingerprint");
        hex(tag.as_ref().get(..8).unwrap_or_default())
    }

    /// Whether a store's check value, as its settings hold it, was sealed under this key.
    pub(crate) fn made(&self, check: &str) -> Result<bool> {
        let sealed = unhex(check).ok_or(StoreError::Corrupt("the master key's check"))?;
        Ok(Aead::new(&self.0)?.open(CHECK_CONTEXT, &sealed).is_ok())
    }
}

/// What the check value of a store's master key is sealed as.
pub(crate) const CHECK_CONTEXT: &str = "master key check";

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

/// What is made of a master key.
struct Master {
    aead: Aead,
    /// What gives, with a practice's key, its sealing key.
    sealing: hmac::Key,
}

impl Master {
    fn new(key: &MasterKey) -> Result<Self> {
        Ok(Self {
            aead: Aead::new(&key.0)?,
            sealing: hmac::Key::new(hmac::HMAC_SHA256, &*key.0),
        })
    }

    fn sealing_key(&self, practice_key: &[u8; 32]) -> Result<Aead> {
        let mut context = hmac::Context::with_key(&self.sealing);
        context.update(b"slotbridge sealing key of a practice");
        context.update(practice_key);
        let mut bytes = Zeroizing::new([0; 32]);
        bytes.copy_from_slice(context.sign().as_ref());
        Aead::new(&bytes)
    }
}

/// The keys in use.
pub struct Keyring {
    master: Master,
    /// The master key before: what it sealed can still be opened.
    previous: Option<Arc<Master>>,
    random: Arc<dyn Random>,
    practices: Mutex<HashMap<PracticeId, Arc<PracticeKey>>>,
}

impl Keyring {
    pub(crate) fn new(
        master: &MasterKey,
        previous: Option<&MasterKey>,
        random: Arc<dyn Random>,
    ) -> Result<Self> {
        Ok(Self {
            master: Master::new(master)?,
            previous: previous
                .map(|key| Master::new(key).map(Arc::new))
                .transpose()?,
            random,
            practices: Mutex::default(),
        })
    }

    fn nonce(&self) -> [u8; NONCE] {
        self.random.bytes()
    }

    /// Seals something that belongs to no practice. `context` says what it is.
    ///
    /// # Errors
    /// Only if the cipher fails.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>> {
        self.master.aead.seal(self.nonce(), context, plain)
    }

    /// Opens what [`Keyring::seal`] sealed.
    ///
    /// # Errors
    /// It was sealed under another master key or context, or is damaged.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        match (self.master.aead.open(context, sealed), &self.previous) {
            (Err(_), Some(previous)) => previous.aead.open(context, sealed),
            (opened, _) => opened,
        }
    }

    /// What the previous master key sealed, sealed anew; `None` for what the present one opens.
    ///
    /// # Errors
    /// Neither key opens it.
    pub(crate) fn sealed_anew(&self, context: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>> {
        if self.master.aead.open(context, sealed).is_ok() {
            return Ok(None);
        }
        let plain = self.open(context, sealed)?;
        self.seal(context, &plain).map(Some)
    }

    /// Forgets a practice's key, which has been destroyed.
    pub fn forget(&self, practice: PracticeId) {
        self.practices.lock().remove(&practice);
    }

    /// A new key for a practice, wrapped.
    ///
    /// # Errors
    /// Only if the cipher fails.
    pub fn new_practice_key(&self, practice: PracticeId) -> Result<Vec<u8>> {
        self.new_key(&practice_context(practice))
    }

    /// A new key, wrapped. `context` says what it is.
    pub(crate) fn new_key(&self, context: &str) -> Result<Vec<u8>> {
        let key = Zeroizing::new(self.random.bytes::<32>());
        self.seal(context, &*key)
    }

    pub(crate) fn cached(&self, practice: PracticeId) -> Option<Arc<PracticeKey>> {
        self.practices.lock().get(&practice).cloned()
    }

    pub(crate) fn unwrap(&self, practice: PracticeId, wrapped: &[u8]) -> Result<Arc<PracticeKey>> {
        let bytes = self.open(&practice_context(practice), wrapped)?;
        let bytes: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| UNREADABLE)?;
        let index = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, bytes), b"blind index");
        let key = Arc::new(PracticeKey {
            sealing: self.master.sealing_key(bytes)?,
            bytes: Zeroizing::new(*bytes),
            previous: self.previous.clone(),
            index: hmac::Key::new(hmac::HMAC_SHA256, index.as_ref()),
            random: Arc::clone(&self.random),
        });
        let mut cache = self.practices.lock();
        if cache.len() >= CACHE {
            cache.clear();
        }
        cache.insert(practice, Arc::clone(&key));
        Ok(key)
    }
}

/// What a practice's key is wrapped as.
pub(crate) fn practice_context(practice: PracticeId) -> String {
    format!("practice key {practice}")
}

/// A practice's key.
pub struct PracticeKey {
    sealing: Aead,
    /// For what was sealed before.
    bytes: Zeroizing<[u8; 32]>,
    previous: Option<Arc<Master>>,
    index: hmac::Key,
    random: Arc<dyn Random>,
}

/// What a booking's data key is wrapped as.
pub(crate) fn data_key_context(booking: BookingId) -> String {
    format!("data key {booking}")
}

/// What the data key of something that is no booking is wrapped as.
pub(crate) fn data_key_context_of(what: &str) -> String {
    format!("data key of {what}")
}

impl PracticeKey {
    /// A new data key, to be wrapped.
    ///
    /// # Errors
    /// Only if the cipher fails.
    pub fn new_data_key(&self) -> Result<DataKey> {
        DataKey::generate(Arc::clone(&self.random))
    }

    /// Wraps a booking's data key.
    ///
    /// # Errors
    /// Only if the cipher fails.
    pub fn wrap(&self, booking: BookingId, key: &DataKey) -> Result<Vec<u8>> {
        self.seal(&data_key_context(booking), &*key.0)
    }

    /// Unwraps a booking's data key.
    ///
    /// # Errors
    /// It is another booking's, or damaged.
    pub fn unwrap(&self, booking: BookingId, wrapped: &[u8]) -> Result<DataKey> {
        let bytes = self.open(&data_key_context(booking), wrapped)?;
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| UNREADABLE)?;
        DataKey::of(bytes, Arc::clone(&self.random))
    }

    /// Wraps the data key of something that is no booking; `what` says what.
    ///
    /// # Errors
    /// Only if the cipher fails.
    pub fn wrap_key_of(&self, what: &str, key: &DataKey) -> Result<Vec<u8>> {
        self.seal(&data_key_context_of(what), &*key.0)
    }

    /// Unwraps the data key of something that is no booking.
    ///
    /// # Errors
    /// It is something else's, or damaged.
    pub fn unwrap_key_of(&self, what: &str, wrapped: &[u8]) -> Result<DataKey> {
        let bytes = self.open(&data_key_context_of(what), wrapped)?;
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| UNREADABLE)?;
        DataKey::of(bytes, Arc::clone(&self.random))
    }

    /// Seals something of the practice itself. `context` says what it is.
    ///
    /// # Errors
    /// Only if the cipher fails.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>> {
        self.sealing.seal(self.random.bytes(), context, plain)
    }

    /// Opens what [`PracticeKey::seal`] sealed.
    ///
    /// # Errors
    /// It is another practice's or context's, of another master key, or damaged.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        self.sealing
            .open(context, sealed)
            .or_else(|_| self.open_older(context, sealed))
    }

    /// Opens what was sealed under the master key before, or, by the first versions, under the
    /// practice's key itself.
    fn open_older(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        if let Some(previous) = &self.previous
            && let Ok(plain) = previous.sealing_key(&self.bytes)?.open(context, sealed)
        {
            return Ok(plain);
        }
        Aead::new(&self.bytes)?.open(context, sealed)
    }

    /// What the present sealing key does not open, sealed anew; `None` for what it does.
    ///
    /// # Errors
    /// No key opens it.
    pub(crate) fn sealed_anew(&self, context: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>> {
        if self.sealing.open(context, sealed).is_ok() {
            return Ok(None);
        }
        let plain = self.open_older(context, sealed)?;
        self.seal(context, &plain).map(Some)
    }

    /// The blind index of a text: equal for equal texts, telling nothing else.
    #[must_use]
    pub fn blind_index(&self, kind: &str, text: &str) -> Vec<u8> {
        hmac::sign(&self.index, format!("{kind}\u{0}{text}").as_bytes())
            .as_ref()
            .to_vec()
    }
}

/// The key of one booking's personal data.
pub struct DataKey(Zeroizing<[u8; 32]>, Aead, Arc<dyn Random>);

impl DataKey {
    /// A new one.
    ///
    /// # Errors
    /// Only if the cipher fails.
    pub fn generate(random: Arc<dyn Random>) -> Result<Self> {
        Self::of(random.bytes(), random)
    }

    /// A key of given bytes, such as derived ones.
    ///
    /// # Errors
    /// Only if the cipher fails.
    pub fn of(bytes: [u8; 32], random: Arc<dyn Random>) -> Result<Self> {
        Ok(Self(Zeroizing::new(bytes), Aead::new(&bytes)?, random))
    }

    /// Bits that this key alone gives, for each label others.
    #[must_use]
    pub fn derive(&self, label: &str) -> [u8; 20] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &*self.0);
        let tag = hmac::sign(&key, format!("slotbridge {label}").as_bytes());
        let mut bits = [0; 20];
        for (bit, byte) in bits.iter_mut().zip(tag.as_ref()) {
            *bit = *byte;
        }
        bits
    }

    /// Seals one of the booking's things. `context` says which.
    ///
    /// # Errors
    /// Only if the cipher fails.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>> {
        self.1.seal(self.2.bytes(), context, plain)
    }

    /// Seals something large in place of itself.
    ///
    /// # Errors
    /// Only if the cipher fails.
    pub fn seal_owned(&self, context: &str, plain: Vec<u8>) -> Result<Vec<u8>> {
        self.1.seal_owned(self.2.bytes(), context, plain)
    }

    /// Opens what [`DataKey::seal`] sealed.
    ///
    /// # Errors
    /// It was sealed under another key or context, or is damaged.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        self.1.open(context, sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering};

    struct Counting(AtomicU8);

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
        }
    }

    fn random() -> Arc<dyn Random> {
        Arc::new(Counting(AtomicU8::new(1)))
    }

    #[test]
    fn a_blob_opens_only_under_its_own_key_and_context() {
        let keyring = Keyring::new(&MasterKey::new([7; 32]), None, random()).unwrap();
        let practice = PracticeId::new(1).unwrap();
        let wrapped = keyring.new_practice_key(practice).unwrap();
        let key = keyring.unwrap(practice, &wrapped).unwrap();
        assert!(
            keyring
                .unwrap(PracticeId::new(2).unwrap(), &wrapped)
                .is_err()
        );

        let (mine, other) = (BookingId::of(practice, 1), BookingId::of(practice, 2));
        let data_key = DataKey::generate(random()).unwrap();
        let wrapped = key.wrap(mine, &data_key).unwrap();
        assert!(
            key.unwrap(other, &wrapped).is_err(),
            "a key moved to another row"
        );
        let data_key = key.unwrap(mine, &wrapped).unwrap();

        let sealed = data_key.seal("person", b"Anna").unwrap();
        assert!(!sealed.windows(4).any(|bytes| bytes == b"Anna"));
        assert_eq!(
            data_key.open("person", &sealed).unwrap().as_slice(),
            b"Anna"
        );
        assert!(data_key.open("pms record", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert!(data_key.open("person", &damaged).is_err(), "byte {at}");
            assert!(
                data_key.open("person", &sealed[..at]).is_err(),
                "cut at {at}"
            );
        }
    }

    #[test]
    fn what_the_previous_master_key_sealed_is_sealed_anew() {
        let [old, new] = [7, 8].map(|byte| MasterKey::new([byte; 32]));
        let before = Keyring::new(&old, None, random()).unwrap();
        let sealed = before.seal("secret", b"Anna").unwrap();
        let both = Keyring::new(&new, Some(&old), random()).unwrap();
        assert_eq!(both.open("secret", &sealed).unwrap().as_slice(), b"Anna");
        let anew = both.sealed_anew("secret", &sealed).unwrap().unwrap();
        assert_eq!(both.sealed_anew("secret", &anew).unwrap(), None);
        assert!(both.sealed_anew("another", &sealed).is_err());
        let after = Keyring::new(&new, None, random()).unwrap();
        assert_eq!(after.open("secret", &anew).unwrap().as_slice(), b"Anna");
        assert!(after.open("secret", &sealed).is_err());
        assert!(before.open("secret", &anew).is_err());
    }

    #[test]
    fn a_new_master_key_is_a_new_sealing_key_and_the_first_form_still_opens() {
        let [old, new] = [7, 8].map(|byte| MasterKey::new([byte; 32]));
        let practice = PracticeId::new(1).unwrap();
        let wrapped = Keyring::new(&old, None, random())
            .unwrap()
            .new_practice_key(practice)
            .unwrap();
        let key = |master: &MasterKey, previous: Option<&MasterKey>, wrapped: &[u8]| {
            Keyring::new(master, previous, random())
                .unwrap()
                .unwrap(practice, wrapped)
                .unwrap()
        };
        let before = key(&old, None, &wrapped);
        let sealed = before.seal("note", b"Anna").unwrap();
        let first_form = Aead::new(&before.bytes).unwrap();
        let first_form = first_form.seal([9; NONCE], "note", b"Anna").unwrap();
        assert_eq!(before.sealed_anew("note", &sealed).unwrap(), None);
        let rewrapped = Keyring::new(&new, Some(&old), random())
            .unwrap()
            .sealed_anew(&practice_context(practice), &wrapped)
            .unwrap()
            .unwrap();
        let both = key(&new, Some(&old), &rewrapped);
        let after = key(&new, None, &rewrapped);
        for older in [&sealed, &first_form] {
            assert_eq!(both.open("note", older).unwrap().as_slice(), b"Anna");
            let anew = both.sealed_anew("note", older).unwrap().unwrap();
            assert_eq!(after.open("note", &anew).unwrap().as_slice(), b"Anna");
            assert_eq!(after.sealed_anew("note", &anew).unwrap(), None);
            assert!(both.sealed_anew("other", older).is_err());
        }
        assert!(after.open("note", &sealed).is_err());
        assert!(
            before
                .open("note", &both.seal("note", b"Anna").unwrap())
                .is_err()
        );
    }

    #[test]
    fn a_blind_index_is_the_practices_own() {
        let keyring = Keyring::new(&MasterKey::new([7; 32]), None, random()).unwrap();
        let key = |n| {
            let practice = PracticeId::new(n).unwrap();
            keyring
                .unwrap(practice, &keyring.new_practice_key(practice).unwrap())
                .unwrap()
        };
        let (one, two) = (key(1), key(2));
        assert_eq!(
            one.blind_index("phone", "0412"),
            one.blind_index("phone", "0412")
        );
        assert_ne!(
            one.blind_index("phone", "0412"),
            one.blind_index("name", "0412")
        );
        assert_ne!(
            one.blind_index("phone", "0412"),
            two.blind_index("phone", "0412")
        );
    }
}
