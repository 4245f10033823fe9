/*
 * unaligned.h - loads and stores of 16, 32 and 64 bits at any address
 *
 * Written for Junctor in place of spandsp's file of this name, whose notice is GPL-2.0-only.
 * Licence: MIT OR Apache-2.0.
 */

#if !defined(_SPANDSP_UNALIGNED_H_)
#define _SPANDSP_UNALIGNED_H_

#include <stdint.h>
#include <string.h>

/* In the machine's own order: a copy of bytes, which every compiler turns into one move. */
#define JUNCTOR_UNALIGNED(bits) \
    static inline uint##bits##_t get_unaligned_uint##bits(const void *from) \
    { \
        uint##bits##_t value; \
        memcpy(&value, from, sizeof(value)); \
        return value; \
    } \
    static inline void put_unaligned_uint##bits(void *to, uint##bits##_t value) \
    { \
        memcpy(to, &value, sizeof(value)); \
    } \
    /* In network order: the octet of highest value first. */ \
    static inline uint##bits##_t get_net_unaligned_uint##bits(const void *from) \
    { \
        const uint8_t *octets = (const uint8_t *) from; \
        uint64_t value = 0; \
        for (unsigned at = 0;  at < bits/8;  at++) \
            value = (value << 8) | octets[at]; \
        return (uint##bits##_t) value; \
    } \
    static inline void put_net_unaligned_uint##bits(void *to, uint##bits##_t value) \
    { \
        uint8_t *octets = (uint8_t *) to; \
        for (unsigned at = 0;  at < bits/8;  at++) \
            octets[at] = (uint8_t) ((uint64_t) value >> (bits - 8*(at + 1))); \
    }

JUNCTOR_UNALIGNED(16)
JUNCTOR_UNALIGNED(32)
JUNCTOR_UNALIGNED(64)

#undef JUNCTOR_UNALIGNED

#endif
