// Package ledgertest holds a log in memory and the conformance kit that every [ledger.Log] passes.
//
// Three nouns. [Log] keeps payloads in memory and can be made to fail like a network. [Chain] makes
// entries to put into one. [Conformance] is the contract of ledger.Log as tests:
//
//	func TestLog(t *testing.T) {
//		ledgertest.Conformance(t, func(t *testing.T) ledger.Log { return openEmpty(t) })
//	}
//
// An acknowledgement that gets lost, which no test can wait for to happen by itself:
//
//	log := &ledgertest.Log{Fault: func(call int, _ []events.Entry) (bool, error) {
//		if call == 2 {
//			return true, context.DeadlineExceeded // stored, and nobody was told
//		}
//		return true, nil
//	}}
package ledgertest
