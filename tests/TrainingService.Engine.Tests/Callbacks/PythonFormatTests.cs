using TrainingService.Contracts.Metrics;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Training;
using Monitor = TrainingService.Engine.Callbacks.Monitor;

namespace TrainingService.Engine.Tests.Callbacks;

public class PythonFormatTests
{
    [Theory]
    [InlineData("m-{epoch}.x", "m-3.x")]
    [InlineData("m-{epoch:02d}-{batch:04d}.x", "m-03-0012.x")]
    [InlineData("m-{epoch:3}.x", "m-  3.x")]
    [InlineData("{val_loss:.2f}", "0.12")]
    [InlineData("{val_loss:08.3f}", "0000.123")]
    [InlineData("{val_loss:.0f}", "0")]
    [InlineData("{val_loss:.2e}", "1.23e-01")]
    [InlineData("{val_loss:.1%}", "12.3%")]
    [InlineData("{val_loss}", "0.12345")]
    [InlineData("{gain:06.1f}", "-002.5")]
    [InlineData("{gain:f}", "-2.500000")]
    public void A_template_is_filled_as_Python_does(string template, string expected) =>
        Assert.Equal(expected, PythonFormat.Fill(template, 3, 12, new Logs { ["val_loss"] = 0.12345, ["gain"] = -2.5 }));

    [Theory]
    [InlineData("{loss}")]
    [InlineData("{epoch:.2f}")]
    [InlineData("{val_loss:02d}")]
    [InlineData("{batch}")]
    public void A_name_or_form_that_does_not_exist_is_refused(string template) =>
        Assert.Throws<ArgumentException>(() => PythonFormat.Fill(template, 1, null, new Logs { ["val_loss"] = 1 }));

    [Fact]
    public void Figures_are_compared_in_float32()
    {
        // 0.7 + 0.1 is below 0.8 in float64 and equal to it in float32.
        Assert.False(new Monitor(Direction.Down, 0.1).IsImprovement(0.7, 0.8));
        Assert.True(new Monitor(Direction.Down, -0.1).IsImprovement(0.69, 0.8));
        Assert.True(new Monitor(Direction.Up, 0.1).IsImprovement(0.91, 0.8));
        Assert.False(new Monitor(Direction.Up, 0).IsImprovement(0.8 + 1e-10, 0.8));
        Assert.False(new Monitor(Direction.Down, 0).IsImprovement(double.NaN, 0.8));
    }
}
