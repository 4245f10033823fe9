#include "shim.h"

#include <pthread.h>
#include <srtp2/srtp.h>
#include <stddef.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static srtp_err_status_t initialised = srtp_err_status_fail;

static void initialise(void) { initialised = srtp_init(); }

void *peer_open(int inbound, int short_tag, int mki_length, const struct peer_key *keys, int count)
{
    srtp_policy_t policy;
    srtp_master_key_t masters[PEER_KEYS];
    srtp_master_key_t *pointers[PEER_KEYS];
    srtp_t session = NULL;

    pthread_once(&once, initialise);
    if (initialised != srtp_err_status_ok || count < 1 || count > PEER_KEYS)
        return NULL;
    memset(&policy, 0, sizeof policy);
    memset(masters, 0, sizeof masters);
    if (short_tag)
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy.rtp);
    else
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
    policy.ssrc.type = inbound ? ssrc_any_inbound : ssrc_any_outbound;
    policy.window_size = 128;
    if (mki_length == 0) {
        policy.key = (unsigned char *)keys[0].inline_key;
    } else {
        for (int at = 0; at < count; at++) {
            masters[at].key = (unsigned char *)keys[at].inline_key;
            masters[at].mki_id = (unsigned char *)keys[at].mki;
            masters[at].mki_size = (unsigned)mki_length;
            pointers[at] = &masters[at];
        }
        policy.keys = pointers;
        policy.num_master_keys = (unsigned long)count;
    }
    return srtp_create(&session, &policy) == srtp_err_status_ok ? session : NULL;
}

void peer_close(void *session) { srtp_dealloc(session); }

int peer_protect(void *session, void *packet, int *length, int use_mki, unsigned key)
{
    return (int)srtp_protect_mki(session, packet, length, (unsigned)use_mki, key);
}

int peer_protect_rtcp(void *session, void *packet, int *length, int use_mki, unsigned key)
{
    return (int)srtp_protect_rtcp_mki(session, packet, length, (unsigned)use_mki, key);
}

int peer_unprotect(void *session, void *packet, int *length, int use_mki)
{
    return (int)srtp_unprotect_mki(session, packet, length, (unsigned)use_mki);
}

int peer_unprotect_rtcp(void *session, void *packet, int *length, int use_mki)
{
    return (int)srtp_unprotect_rtcp_mki(session, packet, length, (unsigned)use_mki);
}

int peer_max_trailer(void) { return SRTP_MAX_TRAILER_LEN + 4; }
