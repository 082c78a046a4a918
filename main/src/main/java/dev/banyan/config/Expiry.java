package dev.banyan.config;

import java.time.LocalDate;

/// Something in a valid file that holds until a day.
///
/// @param last the last day on which it holds
/// @param warning what to tell of it afterwards
public record Expiry(LocalDate last, Problem warning) {}
