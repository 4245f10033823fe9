/* Prints every tone zone that libtonezone has, one value a line: zone CODE, ring MS .., tone NUMBER NOTATION. */
#include <stdio.h>

#include <dahdi/tonezone.h>

int main(void)
{
    for (struct tone_zone *zone = builtin_zones; zone->zone != -1; zone++) {
        printf("zone %s\nring", zone->country);
        for (int i = 0; i < DAHDI_MAX_CADENCE && zone->ringcadence[i] > 0; i++)
            printf(" %d", zone->ringcadence[i]);
        printf("\n");
        for (int i = 0; i < DAHDI_TONE_MAX; i++)
            if (zone->tones[i].data[0] != '\0')
                printf("tone %d %s\n", zone->tones[i].toneid, zone->tones[i].data);
    }
    return 0;
}
