package vault_test

import (
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"sijil/ledger"
	"sijil/ledger/vault"
)

func Example() {
	data, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(data) }()
	v, err := vault.Open(filepath.Join(data, "vault"))
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = v.Close() }()

	b := v.Begin()
	id, known, err := b.Volunteer("hr", "E-1047")
	if err != nil {
		log.Fatal(err)
	}
	sealed, err := b.Seal(id, ledger.SealReference, "E-1047")
	if err != nil {
		log.Fatal(err)
	}
	if err := b.Commit(); err != nil { // before anything sealed is appended to the log
		log.Fatal(err)
	}
	text, err := v.Open(sealed, ledger.SealReference)
	fmt.Println(known, text, err)

	if err := v.Forget(id); err != nil {
		log.Fatal(err)
	}
	_, err = v.Open(sealed, ledger.SealReference)
	fmt.Println(errors.Is(err, ledger.ErrForgotten))
	// Output:
	// false E-1047 <nil>
	// true
}
