/*
 * What Rust sees of libpri: opaque controllers and calls, frames without FCS, and one flat event.
 * Every struct here has its twin in ffi.rs; peer_event_size() lets a test compare the two layouts.
 */
#ifndef LIBPRI_PEER_SHIM_H
#define LIBPRI_PEER_SHIM_H

#include <stddef.h>
#include <stdint.h>

struct peer;

enum peer_event_kind {
    PEER_NONE = 0,
    PEER_LINK_UP = 1,
    PEER_LINK_DOWN = 2,
    PEER_RING = 3,
    PEER_PROCEEDING = 4,
    PEER_ALERTING = 5,
    PEER_PROGRESS = 6,
    PEER_ANSWER = 7,
    PEER_HANGUP_REQUEST = 8,
    PEER_HANGUP = 9,
    PEER_HANGUP_ACK = 10,
    PEER_RESTART = 11,
    PEER_CONFIG_ERROR = 12,
    PEER_OTHER = 13,
    PEER_NEED_DIGITS = 14,
    PEER_DIGITS = 15,
    /* SERVICE, acknowledged by libpri; cause holds the status. */
    PEER_SERVICE = 16,
    PEER_SERVICE_ACK = 17,
    PEER_RESTART_ACK = 18,
    PEER_HOLD = 19,
    PEER_HOLD_ACK = 20,
    PEER_HOLD_REJECT = 21,
    PEER_RETRIEVE = 22,
    PEER_RETRIEVE_ACK = 23,
    PEER_RETRIEVE_REJECT = 24,
    /* Keypad facility in a call; its digits are in called. */
    PEER_KEYPAD = 25,
};

struct peer_event {
    int32_t kind;
    /* Timeslot, or -1 when libpri names none. */
    int32_t channel;
    /* Nonzero: the caller would take another channel (channel identification "preferred"). */
    int32_t flexible;
    /* Q.850 value, or -1. */
    int32_t cause;
    /* PRI_PROG_* bits. */
    int32_t progress;
    /* Presentation and screening as in octet 3a of the calling party number. */
    int32_t presentation;
    /* Type of number and numbering plan as in octet 3. */
    int32_t called_plan;
    int32_t calling_plan;
    /* Information transfer capability and user layer 1 protocol of the bearer capability. */
    int32_t capability;
    int32_t layer1;
    /* Nonzero: sending complete was seen. */
    int32_t complete;
    /* The event's PRI_EVENT_* number, for log lines about PEER_OTHER. */
    int32_t raw;
    void *call;
    char called[64];
    char calling[64];
    char text[64];
    /* The number that redirected the call, and why (PRI_REDIR_*). */
    char redirecting[64];
    int32_t redirecting_reason;
    /* Interface identifier of the channel's span, or -1 when it was not named. */
    int32_t interface;
};

struct peer_setup {
    const char *called;
    /* NULL: no calling party number. */
    const char *calling;
    /* NULL: no display. */
    const char *name;
    int32_t called_plan;
    int32_t calling_plan;
    int32_t presentation;
    int32_t channel;
    int32_t exclusive;
    int32_t capability;
    int32_t layer1;
    /* Nonzero: the number is whole, sending complete goes with it where the switch type has that. */
    int32_t complete;
    int32_t redirecting_reason;
    /* NULL: not redirected. */
    const char *redirecting;
};

size_t peer_event_size(void);
size_t peer_setup_size(void);

/* switch_type is a PRI_SWITCH_*, by its number in libpri.h. */
struct peer *peer_new(const char *name, int network, int switch_type, int overlap, int facility, int hold, int hear, int debug);
/* Both share the calls of the master from now on; the slave must have none. */
void peer_enslave(struct peer *master, struct peer *slave);
int peer_set_timer(struct peer *peer, const char *timer, int value);

/* One frame from the D-channel, without FCS. Returns 1 when *event was filled. */
int peer_receive(struct peer *peer, const uint8_t *frame, size_t length, struct peer_event *event);
/* Runs timers that are due. Returns 1 when *event was filled: call again until 0. */
int peer_run_timers(struct peer *peer, struct peer_event *event);
/* Milliseconds until peer_run_timers has something to do; -1 for never. */
int64_t peer_next_timer_ms(struct peer *peer);
/* Next frame to send, without FCS. Returns its length, 0 for none, -1 when it does not fit. */
int64_t peer_transmit(struct peer *peer, uint8_t *frame, size_t room);

/* Places a call; NULL when libpri refuses. */
void *peer_place(struct peer *peer, const struct peer_setup *setup);
/* SETUP ACKNOWLEDGE. */
int peer_need_digits(struct peer *peer, void *call, int channel);
/* INFORMATION with one digit. */
int peer_digit(struct peer *peer, void *call, char digit);
/* INFORMATION with keypad facility. */
int peer_keypad(struct peer *peer, void *call, const char *digits);
int peer_proceeding(struct peer *peer, void *call, int channel);
int peer_alerting(struct peer *peer, void *call, int channel);
int peer_answer(struct peer *peer, void *call, int channel);
/* RESTART for one channel. Here and wherever a channel is given: with span << 8 | 1 << 16 to name its span too. */
int peer_restart(struct peer *peer, int channel);
/* SERVICE for one channel: status 0 in service, 2 out of service. Span 0 is not named. */
int peer_service(struct peer *peer, int span, int channel, int status);
/* HOLD and RETRIEVE, and what answers them; -1 when the call's state does not allow it. Channel 0: none is named. */
int peer_hold(struct peer *peer, void *call);
int peer_hold_accept(struct peer *peer, void *call);
int peer_retrieve(struct peer *peer, void *call, int channel);
int peer_retrieve_accept(struct peer *peer, void *call, int channel);
int peer_retrieve_refuse(struct peer *peer, void *call, int cause);
/* Clears by whatever message libpri sees fit. Returns 1 while libpri still holds the call, 0 when it is gone. */
int peer_hangup(struct peer *peer, void *call, int cause, const char *user_user);

#endif
