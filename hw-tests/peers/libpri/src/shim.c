/*
 * Shim between libpri and Rust: a controller whose D-channel is two queues in memory.
 *
 * libpri counts two FCS octets in every frame: a read callback returns the frame's length plus two, a write callback
 * is given two spare octets. Both are added and taken off here, since a span's D-channel works without FCS.
 *
 * libpri has no public call that frees a controller: one lives until the process ends.
 */
#include "shim.h"

#include <errno.h>
#include <libpri.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

enum { FCS_OCTETS = 2 };

struct queued_frame {
    struct queued_frame *next;
    size_t length;
    uint8_t octets[];
};

struct peer {
    struct pri *pri;
    char name[32];
    const uint8_t *received;
    size_t received_length;
    struct queued_frame *first;
    struct queued_frame **end;
    /* Set while asking about a call that may be gone: libpri would complain in its log. */
    int silent;
};

size_t peer_event_size(void) { return sizeof(struct peer_event); }
size_t peer_setup_size(void) { return sizeof(struct peer_setup); }

static void log_line(struct pri *pri, char *text) {
    struct peer *peer = pri ? pri_get_userdata(pri) : NULL;
    size_t length = strlen(text);
    if (peer && peer->silent) {
        return;
    }
    fprintf(stderr, "libpri[%s]: %s%s", peer ? peer->name : "?", text, length && text[length - 1] == '\n' ? "" : "\n");
}

static int read_frame(struct pri *pri, void *buffer, int room) {
    struct peer *peer = pri_get_userdata(pri);
    size_t length = peer->received_length;
    if (!peer->received || room < FCS_OCTETS || length > (size_t)room - FCS_OCTETS) {
        return 0;
    }
    memcpy(buffer, peer->received, length);
    memset((uint8_t *)buffer + length, 0, FCS_OCTETS);
    peer->received = NULL;
    return (int)length + FCS_OCTETS;
}

static int write_frame(struct pri *pri, void *buffer, int length) {
    struct peer *peer = pri_get_userdata(pri);
    size_t octets = length > FCS_OCTETS ? (size_t)(length - FCS_OCTETS) : 0;
    struct queued_frame *frame = malloc(sizeof(*frame) + octets);
    if (!frame) {
        errno = ENOMEM;
        return -1;
    }
    frame->next = NULL;
    frame->length = octets;
    memcpy(frame->octets, buffer, octets);
    *peer->end = frame;
    peer->end = &frame->next;
    return length;
}

struct peer *peer_new(const char *name, int network, int switch_type, int overlap, int facility, int hold, int hear, int debug) {
    struct peer *peer = calloc(1, sizeof(*peer));
    if (!peer) {
        return NULL;
    }
    snprintf(peer->name, sizeof(peer->name), "%s", name);
    peer->end = &peer->first;
    pri_set_message(log_line);
    pri_set_error(log_line);
    peer->pri = pri_new_cb(-1, network ? PRI_NETWORK : PRI_CPE, switch_type, read_frame, write_frame, peer);
    if (!peer->pri) {
        free(peer);
        return NULL;
    }
    pri_set_debug(peer->pri, debug);
    pri_set_overlapdial(peer->pri, overlap);
    /* Clearing as in Q.931 5.3, not libpri's older habit of RELEASE COMPLETE in any state for some causes. */
    pri_hangup_fix_enable(peer->pri, 1);
    pri_set_service_message_support(peer->pri, 1);
    /* Without it HOLD is refused; that this end sends it needs no leave. */
    pri_hold_enable(peer->pri, hold);
    /* With it a DISCONNECT with progress indicator 8 is not told, and nothing is sent until RELEASE comes or pri_hangup is called. */
    pri_set_inbanddisconnect(peer->pri, hear);
    if (facility) {
        pri_facility_enable(peer->pri);
    }
    return peer;
}

void peer_enslave(struct peer *master, struct peer *slave) { pri_enslave(master->pri, slave->pri); }

int peer_set_timer(struct peer *peer, const char *timer, int value) {
    int index = pri_timer2idx(timer);
    return index < 0 ? -1 : pri_set_timer(peer->pri, index, value);
}

static void copy_text(char *to, size_t room, const char *from) {
    snprintf(to, room, "%s", from ? from : "");
}

/* The timeslot in libpri's encoded channel: low octet, unless it says "none" (0) or "any" (-1, 255). */
static int32_t timeslot(int encoded) {
    int slot = encoded & 0xff;
    return encoded < 0 || slot == 0 || slot == 0xff ? -1 : slot;
}

/* Timeslot and span. libpri may keep the span of a channel that the last message named without one. */
static void put_channel(struct peer_event *flat, int encoded) {
    flat->channel = timeslot(encoded);
    flat->interface = encoded >= 0 && (encoded & 0x10000) ? (encoded >> 8) & 0xff : -1;
}

static void flatten_ring(struct peer_event *flat, const pri_event_ring *ring) {
    flat->kind = PEER_RING;
    flat->call = ring->call;
    put_channel(flat, ring->channel);
    flat->flexible = ring->flexible;
    flat->progress = ring->progressmask;
    flat->presentation = ring->callingpres;
    flat->called_plan = ring->calledplan;
    flat->calling_plan = ring->callingplan;
    flat->capability = ring->ctype;
    flat->layer1 = ring->layer1;
    flat->complete = ring->complete;
    copy_text(flat->called, sizeof(flat->called), ring->callednum);
    copy_text(flat->calling, sizeof(flat->calling), ring->callingnum);
    copy_text(flat->text, sizeof(flat->text), ring->callingname);
    copy_text(flat->redirecting, sizeof(flat->redirecting), ring->redirectingnum);
    flat->redirecting_reason = ring->redirectingreason;
}

static void flatten_hangup(struct peer_event *flat, int kind, const pri_event_hangup *hangup) {
    flat->kind = kind;
    flat->call = hangup->call;
    put_channel(flat, hangup->channel);
    flat->cause = hangup->cause;
    copy_text(flat->text, sizeof(flat->text), hangup->useruserinfo);
}

static void flatten_proceeding(struct peer_event *flat, int kind, const pri_event_proceeding *proceeding) {
    flat->kind = kind;
    flat->call = proceeding->call;
    put_channel(flat, proceeding->channel);
    flat->progress = proceeding->progressmask;
    flat->cause = kind == PEER_PROGRESS ? proceeding->cause : -1;
}

static void flatten_hold(struct peer_event *flat, int kind, void *call, int channel) {
    flat->kind = kind;
    flat->call = call;
    put_channel(flat, channel);
}

static int flatten(struct peer_event *flat, const pri_event *event) {
    memset(flat, 0, sizeof(*flat));
    flat->channel = -1;
    flat->interface = -1;
    flat->cause = -1;
    if (!event) {
        return 0;
    }
    flat->raw = event->e;
    switch (event->e) {
    case PRI_EVENT_DCHAN_UP:
        flat->kind = PEER_LINK_UP;
        break;
    case PRI_EVENT_DCHAN_DOWN:
        flat->kind = PEER_LINK_DOWN;
        break;
    case PRI_EVENT_RING:
        flatten_ring(flat, &event->ring);
        break;
    case PRI_EVENT_SETUP_ACK:
        flat->kind = PEER_NEED_DIGITS;
        flat->call = event->setup_ack.call;
        put_channel(flat, event->setup_ack.channel);
        break;
    case PRI_EVENT_INFO_RECEIVED:
        /* libpri gives only the digits of this message here. */
        flatten_ring(flat, &event->ring);
        flat->kind = PEER_DIGITS;
        break;
    case PRI_EVENT_KEYPAD_DIGIT:
        flat->kind = PEER_KEYPAD;
        flat->call = event->digit.call;
        copy_text(flat->called, sizeof(flat->called), event->digit.digits);
        break;
    case PRI_EVENT_PROCEEDING:
        flatten_proceeding(flat, PEER_PROCEEDING, &event->proceeding);
        break;
    case PRI_EVENT_PROGRESS:
        flatten_proceeding(flat, PEER_PROGRESS, &event->proceeding);
        break;
    case PRI_EVENT_RINGING:
        flat->kind = PEER_ALERTING;
        flat->call = event->ringing.call;
        put_channel(flat, event->ringing.channel);
        flat->progress = event->ringing.progressmask;
        break;
    case PRI_EVENT_ANSWER:
        flat->kind = PEER_ANSWER;
        flat->call = event->answer.call;
        put_channel(flat, event->answer.channel);
        flat->progress = event->answer.progressmask;
        break;
    case PRI_EVENT_HANGUP_REQ:
        flatten_hangup(flat, PEER_HANGUP_REQUEST, &event->hangup);
        break;
    case PRI_EVENT_HANGUP:
        flatten_hangup(flat, PEER_HANGUP, &event->hangup);
        break;
    case PRI_EVENT_HANGUP_ACK:
        flatten_hangup(flat, PEER_HANGUP_ACK, &event->hangup);
        break;
    case PRI_EVENT_RESTART:
        flat->kind = PEER_RESTART;
        put_channel(flat, event->restart.channel);
        break;
    case PRI_EVENT_RESTART_ACK:
        flat->kind = PEER_RESTART_ACK;
        put_channel(flat, event->restartack.channel);
        break;
    case PRI_EVENT_SERVICE:
        flat->kind = PEER_SERVICE;
        put_channel(flat, event->service.channel);
        flat->cause = event->service.changestatus;
        break;
    case PRI_EVENT_SERVICE_ACK:
        flat->kind = PEER_SERVICE_ACK;
        put_channel(flat, event->service_ack.channel);
        flat->cause = event->service_ack.changestatus;
        break;
    case PRI_EVENT_HOLD:
        flatten_hold(flat, PEER_HOLD, event->hold.call, event->hold.channel);
        break;
    case PRI_EVENT_HOLD_ACK:
        flatten_hold(flat, PEER_HOLD_ACK, event->hold_ack.call, event->hold_ack.channel);
        break;
    case PRI_EVENT_HOLD_REJ:
        flatten_hold(flat, PEER_HOLD_REJECT, event->hold_rej.call, event->hold_rej.channel);
        flat->cause = event->hold_rej.cause;
        break;
    case PRI_EVENT_RETRIEVE:
        flatten_hold(flat, PEER_RETRIEVE, event->retrieve.call, event->retrieve.channel);
        flat->flexible = event->retrieve.flexible;
        break;
    case PRI_EVENT_RETRIEVE_ACK:
        flatten_hold(flat, PEER_RETRIEVE_ACK, event->retrieve_ack.call, event->retrieve_ack.channel);
        break;
    case PRI_EVENT_RETRIEVE_REJ:
        flatten_hold(flat, PEER_RETRIEVE_REJECT, event->retrieve_rej.call, event->retrieve_rej.channel);
        flat->cause = event->retrieve_rej.cause;
        break;
    case PRI_EVENT_CONFIG_ERR:
        flat->kind = PEER_CONFIG_ERROR;
        copy_text(flat->text, sizeof(flat->text), event->err.err);
        break;
    default:
        flat->kind = PEER_OTHER;
        copy_text(flat->text, sizeof(flat->text), pri_event2str(event->e));
        break;
    }
    return 1;
}

int peer_receive(struct peer *peer, const uint8_t *frame, size_t length, struct peer_event *event) {
    int filled;
    peer->received = frame;
    peer->received_length = length;
    filled = flatten(event, pri_check_event(peer->pri));
    peer->received = NULL;
    return filled;
}

int peer_run_timers(struct peer *peer, struct peer_event *event) {
    return flatten(event, pri_schedule_run(peer->pri));
}

int64_t peer_next_timer_ms(struct peer *peer) {
    struct timeval now;
    const struct timeval *due = pri_schedule_next(peer->pri);
    int64_t microseconds;
    if (!due) {
        return -1;
    }
    gettimeofday(&now, NULL);
    microseconds = (int64_t)(due->tv_sec - now.tv_sec) * 1000000 + (due->tv_usec - now.tv_usec);
    /* Rounded up, so that the timer is due when the caller wakes. */
    return microseconds <= 0 ? 0 : (microseconds + 999) / 1000;
}

int64_t peer_transmit(struct peer *peer, uint8_t *frame, size_t room) {
    struct queued_frame *first = peer->first;
    int64_t length;
    if (!first) {
        return 0;
    }
    if (first->length > room) {
        length = -1;
    } else {
        memcpy(frame, first->octets, first->length);
        length = (int64_t)first->length;
    }
    peer->first = first->next;
    if (!peer->first) {
        peer->end = &peer->first;
    }
    free(first);
    return length;
}

void *peer_place(struct peer *peer, const struct peer_setup *setup) {
    struct pri_sr *request = pri_sr_new();
    q931_call *call = request ? pri_new_call(peer->pri) : NULL;
    if (call) {
        pri_sr_set_channel(request, setup->channel, setup->exclusive, 0);
        pri_sr_set_bearer(request, setup->capability, setup->layer1);
        pri_sr_set_called(request, (char *)setup->called, setup->called_plan, setup->complete);
        if (setup->calling) {
            pri_sr_set_caller(request, (char *)setup->calling, (char *)setup->name, setup->calling_plan, setup->presentation);
        }
        if (setup->redirecting) {
            pri_sr_set_redirecting(request, (char *)setup->redirecting, setup->calling_plan, PRES_ALLOWED_USER_NUMBER_NOT_SCREENED,
                                   setup->redirecting_reason);
        }
        if (pri_setup(peer->pri, call, request) != 0) {
            pri_destroycall(peer->pri, call);
            call = NULL;
        }
    }
    if (request) {
        pri_sr_free(request);
    }
    return call;
}

int peer_need_digits(struct peer *peer, void *call, int channel) {
    return pri_need_more_info(peer->pri, call, channel, 0);
}

int peer_digit(struct peer *peer, void *call, char digit) {
    return pri_information(peer->pri, call, digit);
}

int peer_proceeding(struct peer *peer, void *call, int channel) {
    return pri_proceeding(peer->pri, call, channel, 0);
}

int peer_alerting(struct peer *peer, void *call, int channel) {
    return pri_acknowledge(peer->pri, call, channel, 0);
}

int peer_answer(struct peer *peer, void *call, int channel) {
    return pri_answer(peer->pri, call, channel, 0);
}

int peer_restart(struct peer *peer, int channel) {
    return pri_reset(peer->pri, channel);
}

int peer_service(struct peer *peer, int span, int channel, int status) {
    return pri_maintenance_service(peer->pri, span, channel, status);
}

int peer_keypad(struct peer *peer, void *call, const char *digits) {
    return pri_keypad_facility(peer->pri, call, digits);
}

int peer_hold(struct peer *peer, void *call) {
    return pri_hold(peer->pri, call);
}

int peer_hold_accept(struct peer *peer, void *call) {
    return pri_hold_ack(peer->pri, call);
}

int peer_retrieve(struct peer *peer, void *call, int channel) {
    return pri_retrieve(peer->pri, call, channel);
}

int peer_retrieve_accept(struct peer *peer, void *call, int channel) {
    return pri_retrieve_ack(peer->pri, call, channel);
}

int peer_retrieve_refuse(struct peer *peer, void *call, int cause) {
    return pri_retrieve_rej(peer->pri, call, cause);
}

int peer_hangup(struct peer *peer, void *call, int cause, const char *user_user) {
    int call_mode = 0;
    int held;
    if (user_user) {
        pri_call_set_useruser(call, user_user);
    }
    pri_hangup(peer->pri, call, cause);
    /* Any accessor says whether the call still exists: libpri looks the pointer up in its pool before it uses it. */
    peer->silent = 1;
    held = pri_get_crv(peer->pri, call, &call_mode) >= 0;
    peer->silent = 0;
    return held;
}
