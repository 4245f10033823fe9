/* libsrtp's sessions as flat functions: what Rust would have to declare of its structures stays here. ffi.rs is the twin. */
#ifndef SRTP_SHIM_H
#define SRTP_SHIM_H

#include <stdint.h>

enum { PEER_INLINE = 30, PEER_KEYS = 2, PEER_MKI = 4 };

/* One master key: key and salt one behind the other, and its MKI, of which the session's length counts. */
struct peer_key {
    uint8_t inline_key[PEER_INLINE];
    uint8_t mki[PEER_MKI];
};

/* A session for any SSRC of one direction; NULL when libsrtp refuses. mki_length 0: no MKI, the first key only. */
void *peer_open(int inbound, int short_tag, int mki_length, const struct peer_key *keys, int count);
void peer_close(void *session);

/* All give libsrtp's status, 0 for success, and change *length. use_mki and key: which master key to protect with. */
int peer_protect(void *session, void *packet, int *length, int use_mki, unsigned key);
int peer_protect_rtcp(void *session, void *packet, int *length, int use_mki, unsigned key);
int peer_unprotect(void *session, void *packet, int *length, int use_mki);
int peer_unprotect_rtcp(void *session, void *packet, int *length, int use_mki);

/* Octets that libsrtp may write behind a packet. */
int peer_max_trailer(void);

#endif
