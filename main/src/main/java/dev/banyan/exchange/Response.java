package dev.banyan.exchange;

/// A final answer (not a 1xx), without the headers that belong to the connection alone.
public record Response(int status, Headers headers, Body body) {}
