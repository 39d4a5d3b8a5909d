// Package vault keeps, in one bbolt file outside the log, what must not be in the log: the keys that
// names, references and notes are sealed with, the way from a caller's reference to a person's
// random id, and the secret that ids and hashes of commands are made with. The log holds ciphertext
// for ever; destroying a key here forgets what it says, while every total and every hash still holds.
//
// Three nouns. A [Vault] is the file. A batch ([ledger.VaultBatch]) holds new persons and keys until
// they are committed, and MUST be committed before anything that was sealed in it is appended to the
// log: a key without a text does no harm, a text without its key is lost. A sealed text
// ([events.Sealed]) opens with one key, for one purpose.
//
//	v, err := vault.Open(filepath.Join(data, "vault"))
//	...
//	b := v.Begin()
//	id, known, err := b.Volunteer("hr", "E-1047") // random, the same one ever after
//	ref, err := b.Seal(id, ledger.SealReference, "E-1047")
//	err = b.Commit()                              // on disk
//	...                                           // append to the log
//	text, err := v.Open(ref, ledger.SealReference)
//	err = v.Forget(id)                            // from now on: ledger.ErrForgotten
//
// # MAC
//
// [Vault.MAC] is HMAC-SHA-256. Its key is the secret: 32 random bytes made with the file. Its message
// is the purpose and then every part, each as
//
//	8 bytes  length of the text in bytes, big-endian
//	n bytes  the text in UTF-8
//
// # A sealed text, byte by byte
//
//	16 bytes  id of the key
//	12 bytes  nonce, random
//	32 bytes  commitment
//	 n bytes  AES-256-GCM ciphertext of the text in UTF-8, n > 0
//	16 bytes  its tag
//
// A key is 32 random bytes, and is never used itself. From it and the nonce follow 64 bytes by
// HKDF-SHA-256 (RFC 5869):
//
//	encryption key ‖ commitment = HKDF(secret: key, salt: nonce, info: "sijil sealed text 1", 64)
//
// The text is encrypted under the encryption key and the same nonce, with the additional data
//
//	16 bytes  id of the key
//	 n bytes  purpose: "name", "reference" or "note"
//
// AES-GCM alone lets somebody who knows two keys make one ciphertext that opens under both, to
// different texts. The commitment prevents it: it is compared, in constant time, before anything is
// decrypted, and two keys with the same commitment would be a collision of HMAC-SHA-256.
//
// A person's key has the person's id as its own. Each note has a key of its own. The references of
// groups in one source system share that system's key.
//
// # The file
//
// Five buckets. Every value is followed by 4 bytes, the CRC-32C of its key and itself, big-endian,
// since bbolt has no checksums of its own.
//
//	meta     "format"                                → "sijil vault 1"
//	         "secret"                                → 32 bytes
//	keys     id of a key, 16 bytes                   → the key, 32 bytes
//	people   MAC("volunteer", system, folded), 32    → id of the person, 16 bytes
//	names    id of a person, 16                      → the name in UTF-8, may be empty
//	systems  MAC("system", system), 32               → id of the system's key, 16 bytes
//
// folded is [ledger.Fold] of the reference, so that two spellings of one reference are one person.
// The reference itself is not stored.
//
// # Forgetting
//
// bbolt frees pages, it does not clear them: a deleted value stays readable in the file until
// something overwrites it. So [Vault.Forget] and [Vault.DestroyKey] delete nothing: they write all
// that remains into a new file, sync it and put it in the place of the old one with one rename. Either
// the person is forgotten and no byte of the key is in the file, or, after a crash, nothing happened
// and it can be repeated.
//
// # Caveats
//
//   - The file is the secret. It is not encrypted: who reads it reads every name. Its mode is 0600,
//     that of a folder made for it 0700; keep it on an encrypted disk.
//   - Forgetting reaches this file only. The blocks of the old file are the file system's until they are
//     used again, and a copy of the vault still opens what was forgotten after the copy: keep few
//     copies, and not for long.
//   - Without the vault no sealed text opens again, a person who comes again becomes another one and a
//     repeated command is not recognised. [Open] makes a new vault where there is none, so whoever
//     has a log MUST make sure beforehand that its vault is there.
//   - The length of a sealed text shows. Keys in memory are left to the garbage collector.
//   - Forgetting rewrites the file: about a second for a million keys. Texts can be opened meanwhile.
package vault
