package dev.banyan.demo.candidate;

import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/// Someone who buys.
record User(int id, String name, String email, @Nullable String phone, OffsetDateTime createdAt) {}
