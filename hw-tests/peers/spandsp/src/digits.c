/* Reads 16 bit samples of 8000 Hz (the machine's byte order) and prints the digits that spandsp's DTMF receiver hears. */
#include <stdio.h>

#include <spandsp.h>

int main(void)
{
    dtmf_rx_state_t *receiver = dtmf_rx_init(NULL, NULL, NULL);
    int16_t block[80];
    size_t count;
    while ((count = fread(block, sizeof(block[0]), 80, stdin)) > 0) {
        char digits[MAX_DTMF_DIGITS + 1];
        dtmf_rx(receiver, block, (int) count);
        digits[dtmf_rx_get(receiver, digits, MAX_DTMF_DIGITS)] = '\0';
        fputs(digits, stdout);
    }
    dtmf_rx_free(receiver);
    return 0;
}
