using TrainingService.Client.Events;
using TrainingService.Client.Tests.Server;
using TrainingService.Contracts.Events;

namespace TrainingService.Client.Tests.Events;

public sealed class JobEventExtensionsTests
{
    private static readonly JobEvent s_epoch = new ScriptedJob(
        [new EpochEndEvent(2, 3, new Dictionary<string, double?> { ["loss"] = null }, new Dictionary<string, string> { ["loss"] = "nan" }, 1.5, 900, 0, 1)]).Events[0];

    [Fact]
    public void Data_reads_as_the_record_of_its_type()
    {
        var epoch = s_epoch.As<EpochEndEvent>();

        Assert.Equal(2, epoch.Epoch);
        Assert.Null(epoch.Logs["loss"]);
        Assert.Equal("nan", epoch.NonFinite!["loss"]);
    }

    [Fact]
    public void Data_of_another_type_is_refused()
    {
        Assert.Null(s_epoch.TryAs<TerminalEvent>());
        Assert.Throws<InvalidOperationException>(() => s_epoch.As<TerminalEvent>());
    }
}
