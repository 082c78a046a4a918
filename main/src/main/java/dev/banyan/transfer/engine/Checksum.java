package dev.banyan.transfer.engine;

import java.math.BigInteger;

/// Rows as one number that the database itself has made: how many, and the sums of both halves of
/// their 128-bit hashes. Two of one engine over the same rows, in whatever order, are equal.
public record Checksum(long rows, BigInteger high, BigInteger low) {}
