/// Comparing two answers, and counting what differs by endpoint and field.
///
/// [Comparison] takes an exchange and returns its verdict. Equal bytes end there. Otherwise
/// [HeaderComparison] compares headers by their meaning, and [BodyComparison] undoes compression
/// ([ContentCoding]) and compares by type. JSON goes through [JsonParser], which keeps every lexeme
/// as a [JsonValue], and [JsonComparison], which walks both values: [ArrayAlignment] decides which
/// elements belong together, [ExactNumber] and [Timestamp] whether two spellings mean the same, and
/// [JsonPath] names the place. What differs gathers in [Differences], which gives the verdict.
///
/// [ParityBook] counts the verdicts: a [FamilyCount] has [EndpointCount]s, which have [FieldCount]s
/// with a few samples. [Redaction] hides the values before they are kept, and [ParityStore] is
/// where they are kept.
@NullMarked
package dev.banyan.parity;

import org.jspecify.annotations.NullMarked;
