package dev.banyan.exchange;

/// A client's request as it was sent on.
///
/// @param target path and query byte for byte as the client wrote them
public record Request(String method, String target, Headers headers, Body body) {}
