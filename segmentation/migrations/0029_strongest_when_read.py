from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0028_attribution")]

    operations = [migrations.RemoveField(model_name="creatorfacts", name="strongest_platform")]
