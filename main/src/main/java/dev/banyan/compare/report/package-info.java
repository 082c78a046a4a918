/// What a comparison has shown, written down for whoever reads it.
///
/// [Reports] turns one [dev.banyan.compare.ComparisonReport] into what `banyan compare` leaves:
/// [JsonReport] for programs, [HtmlReport] as a page that stands alone, [JunitReport] and
/// [SarifReport] for build servers, and [Summary] for the terminal. [Findings] holds the question
/// that they share: does this count as a difference? Answers are a stranger's words: what shows
/// them to a person goes through [Visible] first.
@NullMarked
package dev.banyan.compare.report;

import org.jspecify.annotations.NullMarked;
