package dev.banyan.demo.tour;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// How the tour is to be played.
///
/// @param fast about a minute, without pauses
/// @param headless plain lines, no terminal control
/// @param report where to write the JSON report; null for none
/// @param keep leaves the working directory, with all logs
/// @param banyan Banyan's jar
public record TourOptions(
    boolean fast, boolean headless, @Nullable Path report, boolean keep, Path banyan) {}
