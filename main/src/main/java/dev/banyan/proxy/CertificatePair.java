package dev.banyan.proxy;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// A certificate with the chain above it, and the private key that belongs to it.
public record CertificatePair(List<X509Certificate> chain, PrivateKey key) {
  public CertificatePair {
    chain = List.copyOf(chain);
  }

  /// Tells the certificate, never the key.
  @Override
  public String toString() {
    X509Certificate own = chain.getFirst();
    return own.getSubjectX500Principal() + ", valid to " + own.getNotAfter().toInstant();
  }
}
