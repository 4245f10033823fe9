/*
 * ssl_fax.h - the name of a type that is never defined: fax over TLS is not built
 *
 * Written for Junctor in place of spandsp's file of this name, whose notice says it may be GPL.
 * Licence: MIT OR Apache-2.0.
 */

#if !defined(_SPANDSP_SSLFAX_H_)
#define _SPANDSP_SSLFAX_H_

typedef struct sslfax_state_s sslfax_state_t;

#endif
