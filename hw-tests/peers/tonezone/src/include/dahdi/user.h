/* The two sizes that tonezone.h takes from DAHDI's user.h, which libtonezone-dev does not bring. */
#define DAHDI_MAX_CADENCE 16
#define DAHDI_TONE_MAX 16
