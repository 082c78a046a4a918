/// Comparing two answers, learning what is noise, and counting what differs by endpoint and field.
///
/// [Comparison] takes an exchange and returns its verdict. Equal bytes end there. Otherwise
/// [HeaderComparison] compares headers by their meaning, and [BodyComparison] undoes compression
/// ([ContentCoding]) and compares [Content] by its type. JSON goes through [JsonParser], which
/// writes each text as numbers onto a [JsonTape], and [JsonComparison], which walks both tapes and
/// passes over what [JsonEquality] calls the same: [ArrayAlignment] decides which elements belong
/// together, [ExactNumber] and [Timestamp] whether two spellings mean the same, and [JsonPath]
/// names the place. Forms go through [FormComparison], multiparts part by part through
/// [MultipartComparison], other text line by line through [TextComparison]. What differs gathers in
/// [Differences], which asks the [Tolerance] and the [SeverityRules], and gives the verdict.
///
/// [Noise] learns from double samples which fields are volatile, and which noisy ones hide a
/// defect. [IdMap] learns which ids of the two sides belong together. Both are a [Tolerance].
///
/// [ParityBook] counts the verdicts: a [FamilyCount] has [EndpointCount]s, which have [FieldCount]s
/// with a few samples. [Redaction] hides the values before they are kept, and [ParityStore] is
/// where they are kept.
@NullMarked
package dev.banyan.parity;

import org.jspecify.annotations.NullMarked;
