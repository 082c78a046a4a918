/// Gates, transitions, the decommission checklist, the ledger's rules.
@NullMarked
package dev.banyan.cutover;

import org.jspecify.annotations.NullMarked;
