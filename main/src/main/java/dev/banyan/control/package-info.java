/// The control plane over HTTP: what a person or a program can see of Banyan and ask of it.
///
/// `app` implements [Operations] over the features and hands it to [ControlServer], which listens.
/// A request passes the gate first (host, origin, token), then its route reads the body within
/// bounds and asks [Operations]; the answer, a value of this package or a [Refusal], is written as
/// JSON or as problem details. What changes on its own is published to [EventFeed], and from there
/// reaches every client that follows the stream. `console` adds its pages to the same server.
@NullMarked
package dev.banyan.control;

import org.jspecify.annotations.NullMarked;
