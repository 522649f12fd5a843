using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Json;
using TrainingService.Engine.Activations;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Constraints;
using TrainingService.Engine.Initializers;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Metrics;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Regularizers;
using TrainingService.Engine.Schedules;

namespace TrainingService.Engine.Tests.Layers;

/// <summary>Everything that a job can name has something here that computes it.</summary>
public class PairingTests
{
    [Fact]
    public void Every_record_of_the_catalogs_has_its_pair()
    {
        Assert.Equal(Names(KerasCatalog.Layers.Records), Names(LayerTable.Covered));
        Assert.Equal(Names(KerasCatalog.Losses.Records), Names(LossTable.Covered));
        Assert.Equal(Names(KerasCatalog.Metrics.Records), Names(MetricTable.Covered));
        Assert.Equal(Names(KerasCatalog.Optimizers.Records), Names(OptimizerTable.Covered));
        Assert.Equal(Names(KerasCatalog.Callbacks.Records), Names(CallbackTable.Covered));
        Assert.Equal(Names(KerasCatalog.Initializers.Records), Names(InitializerTable.Covered));
        Assert.Equal(Names(KerasCatalog.Regularizers.Records), Names(RegularizerTable.Covered));
        Assert.Equal(Names(KerasCatalog.Constraints.Records), Names(ConstraintTable.Covered));
        Assert.Equal(Names(KerasCatalog.Schedules.Records), Names(ScheduleTable.Covered));
        Assert.Equal(Enum.GetValues<Activation>().Order(), ActivationTable.Activations.Order());
    }

    private static IEnumerable<string> Names(IEnumerable<Type> types) => types.Select(type => type.Name).Order();
}
