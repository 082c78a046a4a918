package dev.banyan.proxy;

import java.nio.file.Path;

/// What clients are shown: files of PEM, both of which are read again when they change.
///
/// @param certificate the chain, the server's own certificate first
/// @param key its private key, not encrypted
/// @param only13 whether TLS 1.2 is refused
public record FrontTls(Path certificate, Path key, boolean only13) {}
