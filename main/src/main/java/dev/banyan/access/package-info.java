/// Who may do what: named tokens, each with a [Role].
///
/// [Tokens] makes and revokes them, knows a caller by one, and says whether any are needed at all.
/// It keeps hashes only, through the port [TokenStore]; a secret is shown once, when it is made.
/// `control` asks on every request, and never waits for the store: the last known list decides.
@NullMarked
package dev.banyan.access;

import org.jspecify.annotations.NullMarked;
