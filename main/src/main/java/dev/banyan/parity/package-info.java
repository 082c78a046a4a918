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
/// [Rulings] hold what teams have decided about single places, each a [Scope]: [SeverityRules] and
/// [Acceptances] of the file, and every [Ruling] by command, which a [RulingStore] keeps.
///
/// [ParityBook] counts the verdicts by them: a [FamilyCount] has [EndpointCount]s, which have a
/// [FieldTable] of [FieldCount]s with a few samples. [Redaction] hides the values before they are
/// kept, and [ParityStore] is where they are kept. [ParityRate] says how sure one may be.
@NullMarked
package dev.banyan.parity;

import org.jspecify.annotations.NullMarked;
