/// The life of a request. Only `proxy.transport` sees Netty or a socket.
@NullMarked
package dev.banyan.proxy;

import org.jspecify.annotations.NullMarked;
