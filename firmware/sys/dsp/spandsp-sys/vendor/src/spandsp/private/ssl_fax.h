/*
 * private/ssl_fax.h - empty: fax over TLS is not built
 *
 * Written for Junctor in place of spandsp's file of this name, whose notice says it may be GPL.
 * Licence: MIT OR Apache-2.0.
 */

#if !defined(_SPANDSP_PRIVATE_SSLFAX_H_)
#define _SPANDSP_PRIVATE_SSLFAX_H_
#endif
