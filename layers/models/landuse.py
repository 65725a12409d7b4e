"""Land-use purposes: codes, names, standard colours and how sure we are of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LandUseCode(models.Model):
    """One code of the land-use list with its time of validity. Loaded by `layers/landuse.py`."""

    code = models.CharField(_("mã"), max_length=3, unique=True)
    parent_code = models.CharField(_("thuộc nhóm"), max_length=3, blank=True)
    level = models.CharField(_("bậc"), max_length=10)
    name_vi = models.CharField(_("tên"), max_length=200)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=200)
    status = models.CharField(_("hiệu lực"), max_length=20)
    maps_to = models.CharField(_("mã thay thế"), max_length=40, blank=True)
    colour = models.CharField(_("màu"), max_length=7, blank=True)
    colour_confidence = models.CharField(_("độ tin cậy của màu"), max_length=30)
    note = models.TextField(_("ghi chú"), blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("code",)
        verbose_name = _("mã loại đất")
        verbose_name_plural = _("mã loại đất")

    def __str__(self) -> str:
        return f"{self.code} {self.name_vi}"
